# right: without SciPy, one pixel of a cell after another
import numpy as np


def two_nearest(labels):
    rows, columns = np.indices(labels.shape)
    first = np.full(labels.shape, np.inf)
    second = np.full(labels.shape, np.inf)
    for k in np.unique(labels[labels > 0]):
        d = np.full(labels.shape, np.inf)
        for r, c in zip(*np.where(labels == k)):
            d = np.minimum(d, np.hypot(rows - r, columns - c))
        second = np.minimum(second, np.maximum(first, d))
        first = np.minimum(first, d)
    return np.stack([first, second])

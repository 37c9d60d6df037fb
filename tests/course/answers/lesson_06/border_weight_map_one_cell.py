# wrong: wrong where there is one cell or there is no cell
import numpy as np
from scipy.ndimage import distance_transform_edt


def border_weight_map(labels, w0=10, sigma=5, class_weights=None):
    if class_weights is None:
        n = np.bincount(labels.ravel() > 0)
        class_weights = n.sum() / (np.sqrt(n) * np.sqrt(n).sum())
    d = np.sort([distance_transform_edt(labels != k) for k in np.unique(labels) if k], axis=0)
    term = w0 * np.exp(-((d[0] + d[1]) ** 2) / (2 * sigma**2))
    return np.where(labels > 0, class_weights[1], class_weights[0] + term)

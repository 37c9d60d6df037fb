# wrong: w_c missing
import numpy as np
from scipy.ndimage import distance_transform_edt


def border_weight_map(labels, w0=10, sigma=5, class_weights=None):
    cells = np.unique(labels[labels > 0])
    if len(cells) < 2:
        return np.zeros(labels.shape)
    d = np.sort([distance_transform_edt(labels != k) for k in cells], axis=0)
    weights = w0 * np.exp(-((d[0] + d[1]) ** 2) / (2 * sigma**2))
    weights[labels > 0] = 0
    return weights

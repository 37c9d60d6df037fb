# wrong: wrong where class_weights is None
import numpy as np
from scipy.ndimage import distance_transform_edt


def border_weight_map(labels, w0=10, sigma=5, class_weights=None):
    if class_weights is None:
        class_weights = (1, 1)
    w = np.where(labels > 0, class_weights[1], class_weights[0])
    cells = np.unique(labels[labels > 0])
    if len(cells) < 2:
        return w
    d1, d2 = np.sort([distance_transform_edt(labels != k) for k in cells], axis=0)[:2]
    return w + (labels == 0) * w0 * np.exp(-((d1 + d2) ** 2) / (2 * sigma**2))

# right: with the function before it, in float32
import numpy as np
from scipy.ndimage import distance_transform_edt


def two_nearest(labels):
    cells = np.unique(labels[labels > 0])
    return np.sort([distance_transform_edt(labels != k) for k in cells], axis=0)[:2]


def border_weight_map(labels, w0=10, sigma=5, class_weights=None):
    inside = (labels > 0).astype(int)
    if class_weights is None:
        share = np.sqrt([1 - inside.mean(), inside.mean()])
        class_weights = 1 / (share * share.sum())
    w = np.array(class_weights, dtype=np.float32)[inside]
    if len(np.unique(labels[labels > 0])) > 1:
        d1, d2 = two_nearest(labels)
        w = w + (1 - inside) * w0 * np.exp(-0.5 * ((d1 + d2) / sigma) ** 2)
    return w.astype(np.float32)

# wrong: second nearest after the nearest
import numpy as np
from scipy.ndimage import distance_transform_edt, find_objects


def border_weight_map(labels, w0=10, sigma=5, class_weights=None):
    if class_weights is None:
        n = np.bincount((labels > 0).ravel(), minlength=2)
        class_weights = labels.size / (np.maximum(np.sqrt(n), 1) * np.sqrt(n).sum())
    reach = int(6 * sigma)
    d1 = np.full(labels.shape, np.inf)
    d2 = np.full(labels.shape, np.inf)
    for k, box in enumerate(find_objects(labels), 1):
        if box is None:
            continue
        window = tuple(slice(max(0, s.start - reach), s.stop + reach) for s in box)
        d = distance_transform_edt(labels[window] != k)
        d1[window] = np.minimum(d1[window], d)
        d2[window] = np.minimum(d2[window], np.maximum(d1[window], d))
    term = w0 * np.exp(-((d1 + d2) ** 2) / (2 * sigma**2))
    return np.where(labels > 0, class_weights[1], class_weights[0] + term)

# wrong: wrong where numbers are left out
import numpy as np
from scipy.ndimage import distance_transform_edt


def two_nearest(labels):
    d = np.stack([distance_transform_edt(labels != k) for k in range(1, labels.max() + 1)])
    return np.sort(d, axis=0)[:2]

# right: np.partition of one transform for each cell
import numpy as np
from scipy import ndimage


def two_nearest(labels):
    cells = [k for k in np.unique(labels) if k != 0]
    d = np.array([ndimage.distance_transform_edt(labels != k) for k in cells])
    return np.partition(d, (0, 1), axis=0)[:2]

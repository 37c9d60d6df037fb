# wrong: background counted as a cell
import numpy as np
from scipy.ndimage import distance_transform_edt


def two_nearest(labels):
    d = np.stack([distance_transform_edt(labels != k) for k in np.unique(labels)])
    d.sort(axis=0)
    return d[:2]

# wrong: last cell left out
import numpy as np
from scipy.ndimage import distance_transform_edt


def two_nearest(labels):
    d = []
    for k in range(1, labels.max()):
        d.append(distance_transform_edt(labels != k))
    return np.sort(np.array(d), axis=0)[:2]

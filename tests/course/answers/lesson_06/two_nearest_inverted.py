# wrong: distance to the outside of the cell
import numpy as np
from scipy.ndimage import distance_transform_edt


def two_nearest(labels):
    all_of_them = [distance_transform_edt(labels == k) for k in np.unique(labels) if k > 0]
    return np.sort(np.array(all_of_them), axis=0)[:2]

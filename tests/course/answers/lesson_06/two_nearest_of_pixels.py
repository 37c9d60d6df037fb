# wrong: the two nearest pixels
import numpy as np
from scipy.spatial.distance import cdist


def two_nearest(labels):
    H, W = labels.shape
    here = np.argwhere(np.ones((H, W)))
    distances = cdist(np.argwhere(labels > 0), here)
    return np.sort(distances, axis=0)[:2].reshape(2, H, W)

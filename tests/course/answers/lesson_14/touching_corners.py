# wrong: corners counted
import numpy as np
from scipy.ndimage import maximum_filter, minimum_filter


def touching(labels):
    count = 0
    for k in np.unique(labels[labels > 0]):
        around = maximum_filter((labels == k).astype(int), 3) > 0
        count += np.any(around & (labels > 0) & (labels != k))
    return count

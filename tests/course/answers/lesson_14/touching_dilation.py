# right: each nucleus grown by a cross
import numpy as np
from scipy.ndimage import binary_dilation


def touching(labels):
    count = 0
    for k in np.unique(labels[labels > 0]):
        grown = binary_dilation(labels == k)
        if ((labels[grown] > 0) & (labels[grown] != k)).any():
            count += 1
    return count

# wrong: background counted as one more
import numpy as np
from scipy.ndimage import binary_dilation


def touching(labels):
    count = 0
    for number in np.unique(labels):
        mine = labels == number
        if (labels[binary_dilation(mine) & ~mine] > 0).any():
            count += 1
    return count

# wrong: mirrored once only
import numpy as np


def mirrored(start, stop, side):
    index = np.abs(np.arange(start, stop))
    beyond = index >= side
    index[beyond] = 2 * (side - 1) - index[beyond]
    return index

# wrong: wrapped round
import numpy as np


def mirrored(start, stop, side):
    return np.arange(start, stop) % side

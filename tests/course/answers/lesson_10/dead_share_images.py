# wrong: each image by itself
import numpy as np


def dead_share(out):
    return np.mean(out.max(axis=(2, 3)) == 0)

# wrong: the living
import numpy as np


def dead_share(out):
    return np.mean(out.max(axis=(0, 2, 3)) > 0)

# wrong: share of the numbers that are 0
import numpy as np


def dead_share(out):
    return np.mean(out == 0)

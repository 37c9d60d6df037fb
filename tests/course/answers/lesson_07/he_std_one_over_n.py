# wrong: 2 missing
import numpy as np


def he_std(shape):
    n = shape[1] * shape[2] * shape[3]
    return 1 / np.sqrt(n)

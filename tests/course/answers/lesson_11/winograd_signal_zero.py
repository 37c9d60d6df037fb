# wrong: the last of an odd number is 0
import numpy as np


def winograd_signal(x, g):
    out = np.zeros(len(x) - 2)
    for k in range(0, len(x) - 3, 2):
        out[k : k + 2] = x[k : k + 3] @ g, x[k + 1 : k + 4] @ g
    return out

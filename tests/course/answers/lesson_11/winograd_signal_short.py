# wrong: the last of an odd number is missing
import numpy as np


def winograd_signal(x, g):
    out = []
    for k in range(0, len(x) - 3, 2):
        out += [x[k : k + 3] @ g, x[k + 1 : k + 4] @ g]
    return np.array(out)

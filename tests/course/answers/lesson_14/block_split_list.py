# right: a list, and NumPy's rounding
import numpy as np


def block_split(count, share):
    n = max(int(np.rint(count * share)), 1)
    return [k >= count - n for k in range(count)]

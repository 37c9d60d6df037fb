# wrong: none held out of a few
import numpy as np


def block_split(count, share):
    n = round(share * count)
    return np.array([False] * (count - n) + [True] * n)

# wrong: the first held out
import numpy as np


def block_split(count, share):
    n = max(1, round(share * count))
    return np.arange(count) < n

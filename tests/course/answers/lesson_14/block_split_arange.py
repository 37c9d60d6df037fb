# right: compares indices
import numpy as np


def block_split(count, share):
    return np.arange(count) >= count - max(1, round(count * share))

# wrong: wrong where there are few images
import numpy as np


def block_split(count, share):
    held_out = np.zeros(count, dtype=bool)
    held_out[-round(share * count) :] = True
    return held_out

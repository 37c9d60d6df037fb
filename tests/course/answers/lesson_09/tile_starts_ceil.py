# right: ceil and arange
import numpy as np


def tile_starts(side, output, depth):
    step = (output >> depth) << depth
    count = 1 + max(0, int(np.ceil((side - output) / step)))
    return np.arange(0, count * step, step)

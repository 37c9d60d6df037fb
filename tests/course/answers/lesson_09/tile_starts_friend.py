# wrong: step is the whole output
import numpy as np


def tile_starts(side, output, depth):
    return np.arange(0, side, output)

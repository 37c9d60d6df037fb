# right: the bottom from a table
import numpy as np


def receptive_field(depth):
    bottom = {1: 3, 2: 4}.get(depth, 5) + 4
    return 2**depth * bottom + 4 * (2**depth - 1)

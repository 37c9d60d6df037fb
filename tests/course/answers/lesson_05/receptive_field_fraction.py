# wrong: half, not rounded
import numpy as np


def receptive_field(depth):
    s = 1
    for level in range(depth):
        s = (s + 4) / 2 + 1
    s = s + 4
    for level in range(depth):
        s = 2 * s + 4
    return s

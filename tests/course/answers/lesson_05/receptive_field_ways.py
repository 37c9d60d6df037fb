# wrong: way down undone before the way up
import numpy as np


def receptive_field(depth):
    s = 1
    for level in range(depth):
        s = 2 * s + 4
    s = s + 4
    for level in range(depth):
        s = (s + 4) // 2 + 1
    return s

# wrong: up-convolution undone before the convolutions
import numpy as np


def receptive_field(depth):
    s = 1
    for level in range(depth):
        s = s // 2 + 1 + 4
    s = s + 4
    for level in range(depth):
        s = 2 * s + 4
    return s

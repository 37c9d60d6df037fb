# wrong: the smallest window, not the largest
import numpy as np


def receptive_field(depth):
    side = 1
    for _ in range(depth):
        side = int(np.ceil((side + 4) / 2))
    side += 4
    for _ in range(depth):
        side = side * 2 + 4
    return side

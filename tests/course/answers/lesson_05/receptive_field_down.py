# wrong: way up forgotten
import numpy as np


def receptive_field(depth):
    side = 1 + 4
    for _ in range(depth):
        side = 2 * side + 4
    return side

# right: halves with /
import numpy as np


def output_size(input_size, depth=4):
    side = input_size
    for _ in range(depth):
        side = (side - 4) / 2
    side = side - 4
    for _ in range(depth):
        side = side * 2 - 4
    return side

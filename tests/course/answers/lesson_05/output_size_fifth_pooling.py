# wrong: a pooling at the bottom
import numpy as np


def output_size(input_size, depth=4):
    n = input_size
    for level in range(depth + 1):
        n = (n - 4) // 2
    for level in range(depth):
        n = 2 * n - 4
    return n

# wrong: one convolution at each block
import numpy as np


def output_size(input_size, depth=4):
    n = input_size
    for level in range(depth):
        n = (n - 2) // 2
    n = n - 2
    for level in range(depth):
        n = 2 * n - 2
    return n

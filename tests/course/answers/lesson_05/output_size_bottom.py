# wrong: bottom without convolutions
import numpy as np


def output_size(input_size, depth=4):
    n = input_size
    for _ in range(depth):
        n = (n - 4) // 2
    for _ in range(depth):
        n = n * 2 - 4
    return n

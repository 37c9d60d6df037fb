# wrong: in one half of the U the second step first
import numpy as np


def output_size(input_size, depth=4):
    n = input_size
    for level in range(depth):
        n = n / 2 - 4
    n = n - 4
    for level in range(depth):
        n = 2 * n - 4
    return n

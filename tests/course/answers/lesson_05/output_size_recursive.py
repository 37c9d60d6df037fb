# right: the U in the U
import numpy as np


def output_size(input_size, depth=4):
    if depth == 0:
        return input_size - 4
    return 2 * output_size((input_size - 4) // 2, depth - 1) - 4

# right: the formula
import numpy as np


def output_size(input_size, depth=4):
    return input_size - 12 * 2**depth + 8

# right: adds what is missing
import numpy as np


def input_size_for(output, depth):
    n = output + 2 * (6 * 2**depth - 4)
    return np.array(n + (-4 - n) % 2**depth)

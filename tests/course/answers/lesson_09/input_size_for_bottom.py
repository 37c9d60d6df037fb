# wrong: the bottom's 4 pixels missing
import numpy as np


def input_size_for(output, depth):
    b = np.ceil((output - 4) / 2**depth) + 8
    return 2**depth * b - 4

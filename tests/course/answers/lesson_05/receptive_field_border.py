# wrong: the lost border and the pixel
import numpy as np


def receptive_field(depth):
    return 12 * 2**depth - 8 + 1

# wrong: summed over rows, columns
import numpy as np


def conv2d_dbias(dout):
    return dout.sum(axis=(2, 3))

# wrong: summed over everything
import numpy as np


def conv2d_dbias(dout):
    return np.sum(dout)

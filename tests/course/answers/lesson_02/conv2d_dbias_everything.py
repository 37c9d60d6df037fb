# wrong: dbias has shape (), expected (4,)
import numpy as np


def conv2d_dbias(dout):
    return np.sum(dout)

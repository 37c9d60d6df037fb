# right: einsum
import numpy as np


def conv2d_dbias(dout):
    return np.einsum("nfhw->f", dout)

# wrong: divided by N
import numpy as np


def conv2d_dweight(x, dout):
    windows = np.lib.stride_tricks.sliding_window_view(x, dout.shape[2:], axis=(2, 3))
    return np.einsum("ncijhw,nfhw->nfcij", windows, dout).mean(axis=0)

# wrong: dout not padded
import numpy as np


def conv2d_dx(weight, dout):
    windows = np.lib.stride_tricks.sliding_window_view(dout, weight.shape[2:], (2, 3))
    return np.einsum("fcij,nfhwij->nchw", weight[:, :, ::-1, ::-1], windows)

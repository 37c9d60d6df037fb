# wrong: image turned too
import numpy as np


def true_convolution(x, weight):
    x, weight = x[:, :, ::-1, ::-1], weight[:, :, ::-1, ::-1]
    windows = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2:], (2, 3))
    return np.einsum("fcij,nchwij->nfhw", weight, windows)

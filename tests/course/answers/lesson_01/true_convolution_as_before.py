# wrong: correlation
import numpy as np


def true_convolution(x, weight):
    windows = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2:], (2, 3))
    return np.einsum("fcij,nchwij->nfhw", weight, windows)

# right: rot90 twice
import numpy as np


def true_convolution(x, weight):
    turned = np.rot90(weight, 2, axes=(2, 3))
    windows = np.lib.stride_tricks.sliding_window_view(x, turned.shape[2:], (2, 3))
    return np.einsum("fcij,nchwij->nfhw", turned, windows)

# wrong: turned about one axis only
import numpy as np


def true_convolution(x, weight):
    turned = np.flip(weight, axis=2)
    windows = np.lib.stride_tricks.sliding_window_view(x, turned.shape[2:], (2, 3))
    return np.einsum("fcij,nchwij->nfhw", turned, windows)

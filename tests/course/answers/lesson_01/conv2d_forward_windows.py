# right: sliding windows and one einsum
import numpy as np


def conv2d_forward(x, weight, bias):
    windows = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2:], (2, 3))
    return np.einsum("fcij,nchwij->nfhw", weight, windows) + bias[:, None, None], (x, weight)

# wrong: blocks mixed up by reshape
import numpy as np


def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]
    painted = np.einsum("nchw,cfij->nfhwij", x, weight)
    return painted.reshape(N, F, 2 * H, 2 * W) + bias[:, None, None], (x, weight)

# wrong: blocks side by side
import numpy as np


def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]
    painted = np.einsum("nchw,cfij->nfhwij", x, weight)
    out = painted.transpose(0, 1, 4, 2, 5, 3).reshape(N, F, 2 * H, 2 * W)
    return out + bias[:, None, None], (x, weight)

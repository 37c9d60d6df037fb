# wrong: kernel turned round
import numpy as np


def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]
    out = np.zeros((N, F, 2 * H, 2 * W))
    for i in range(2):
        for j in range(2):
            out[:, :, i::2, j::2] = np.einsum("cf,nchw->nfhw", weight[:, :, 1 - i, 1 - j], x)
    return out + bias[:, None, None], (x, weight)

# right: transposed before the reshape
import numpy as np


def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]
    painted = np.einsum("nchw,cfij->nfhwij", x, weight)
    out = painted.transpose(0, 1, 2, 4, 3, 5).reshape(N, F, 2 * H, 2 * W)
    return out + bias[:, None, None], (x, weight)

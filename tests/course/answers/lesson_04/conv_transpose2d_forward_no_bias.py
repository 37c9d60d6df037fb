# wrong: bias forgotten
import numpy as np


def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]
    painted = np.einsum("nchw,cfij->nfhwij", x, weight)
    return painted.transpose(0, 1, 2, 4, 3, 5).reshape(N, F, 2 * H, 2 * W), (x, weight)

# right: a Kronecker product for each channel
import numpy as np


def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]
    out = np.zeros((N, F, 2 * H, 2 * W))
    for n in range(N):
        for f in range(F):
            out[n, f] = bias[f] + sum(np.kron(x[n, c], weight[c, f]) for c in range(C))
    return out, (x, weight)

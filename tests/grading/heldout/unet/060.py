# spec: unet
# function: conv_transpose2d_forward
# output: out
# mistake: bias forgotten
from collections import namedtuple
import numpy as np


ConvCache = namedtuple("ConvCache", "x weight shape")


def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]
    out = np.zeros((N, F, H * 2, W * 2), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for c in range(C):
                out[n, f] += np.kron(x[n, c], weight[c, f])
    return out, ConvCache(x, weight, out.shape)


def conv_transpose2d_backward(dout, cache):
    x, weight, (N, F, H2, W2) = cache
    C = x.shape[1]
    dx = np.zeros_like(x)
    dw = np.zeros_like(weight)
    db = np.zeros(F, dtype=dout.dtype)
    for n in range(N):
        for f in range(F):
            db[f] += dout[n, f].sum()
            for c in range(C):
                for i in range(2):
                    for j in range(2):
                        dx[n, c] += dout[n, f, i::2, j::2] * weight[c, f, i, j]
                        dw[c, f, i, j] += np.vdot(dout[n, f, i::2, j::2], x[n, c])
    return dx, dw, db

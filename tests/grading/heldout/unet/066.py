# spec: unet
# function: conv_transpose2d_backward
# output: dx
# mistake: last tap of the last filter only (= for +=)
import numpy as np


def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]
    out = np.zeros((N, F, 2 * H, 2 * W), x.dtype)
    n, c, i, j = np.indices(x.shape)
    for f in range(F):
        for a in range(2):
            for b in range(2):
                np.add.at(out, (n, f, 2 * i + a, 2 * j + b), x * weight[:, f, a, b].reshape(1, C, 1, 1))
        out[:, f] += bias[f]
    return out, (x.copy(), weight.copy())


def conv_transpose2d_backward(dout, cache):
    x, weight = cache
    dx = x.copy()
    dx[...] = 0
    dw = weight.copy()
    dw.fill(0)
    for f in range(weight.shape[1]):
        for a in range(2):
            for b in range(2):
                g = dout[:, f, a::2, b::2]
                dx[...] = g[:, None] * weight[:, f, a, b].reshape(1, -1, 1, 1)
                dw[:, f, a, b] += (g[:, None] * x).sum(axis=(0, 2, 3))
    db = np.zeros(weight.shape[1], dout.dtype)
    db += dout.sum(axis=(0, 2, 3))
    return dx, dw, db

# spec: unet
# function: conv_transpose2d_forward
# output: out
# mistake: divided by the number of taps
import numpy as np


def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]
    out = np.zeros((N, F, 2 * H, 2 * W), dtype=x.dtype)
    for n in range(N):
        for i in range(H):
            for j in range(W):
                for c in range(C):
                    out[n, :, 2 * i:2 * i + 2, 2 * j:2 * j + 2] += x[n, c, i, j] * weight[c]
    out /= 4
    out += bias.reshape(1, F, 1, 1)
    return out, (x, weight)


def conv_transpose2d_backward(dout, cache):
    x, weight = cache
    N, C, H, W = x.shape
    dx = np.zeros_like(x)
    dweight = np.zeros_like(weight)
    for n in range(N):
        for i in range(H):
            for j in range(W):
                block = dout[n, :, 2 * i:2 * i + 2, 2 * j:2 * j + 2]
                for c in range(C):
                    dx[n, c, i, j] = np.sum(block * weight[c])
                    dweight[c] += block * x[n, c, i, j]
    dbias = np.sum(dout, axis=(0, 2, 3))
    return dx, dweight, dbias

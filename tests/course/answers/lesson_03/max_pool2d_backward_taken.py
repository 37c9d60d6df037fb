# right: offsets in order, each that is not taken yet
import numpy as np


def max_pool2d_forward(x):
    N, C, H, W = x.shape
    out = x.reshape(N, C, H // 2, 2, W // 2, 2).max(axis=(3, 5))
    return out, (x, out)


def max_pool2d_backward(dout, cache):
    x, out = cache
    dx, taken = np.zeros(x.shape), np.zeros(out.shape, bool)
    for i in range(2):
        for j in range(2):
            here = (x[:, :, i::2, j::2] == out) & ~taken
            dx[:, :, i::2, j::2] = dout * here
            taken |= here
    return dx

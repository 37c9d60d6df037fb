# spec: unet
# function: max_pool2d_backward
# output: dx
# mistake: goes to every tie
import numpy as np


def max_pool2d_forward(x):
    pairs = np.maximum(x[..., 0::2], x[..., 1::2])
    out = np.maximum(pairs[..., 0::2, :], pairs[..., 1::2, :])
    return out, (x, out)


def max_pool2d_backward(dout, cache):
    x, out = cache
    dx = np.zeros_like(x)
    for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)):
        here = x[:, :, i::2, j::2] == out
        np.copyto(dx[:, :, i::2, j::2], dout, where=here)
    return dx

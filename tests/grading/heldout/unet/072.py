# spec: unet
# function: conv_transpose2d_backward
# output: dweight
# mistake: rows and columns exchanged
import numpy as np


OFFSETS_2x2 = [(i, j) for i in range(2) for j in range(2)]


def conv_transpose2d_forward(x, weight, bias):
    n, c, h, w = x.shape
    f = weight.shape[1]
    out = np.empty((n, f, 2 * h, 2 * w), x.dtype)
    for i, j in OFFSETS_2x2:
        out[:, :, i::2, j::2] = np.moveaxis(np.tensordot(x, weight[:, :, i, j], (1, 0)), -1, 1)
    out += bias[:, np.newaxis, np.newaxis]
    return out, (x, weight)


def conv_transpose2d_backward(dout, cache):
    x, weight = cache
    dx = np.zeros_like(x)
    dweight = np.empty_like(weight)
    for i, j in OFFSETS_2x2:
        g = dout[:, :, i::2, j::2]
        dx += np.moveaxis(np.tensordot(g, weight[:, :, i, j], (1, 1)), -1, 1)
        dweight[:, :, j, i] = np.tensordot(x, g, ((0, 2, 3), (0, 2, 3)))
    return dx, dweight, np.sum(dout, (0, 2, 3))

# spec: unet
# function: conv_transpose2d_forward
# output: out
# mistake: mean over channels
# output: out
# mistake: blocks side by side
import numpy as np


OFFSETS_2x2 = [(i, j) for i in range(2) for j in range(2)]


def conv_transpose2d_forward(x, weight, bias):
    n, c, h, w = x.shape
    f = weight.shape[1]
    out = np.empty((n, f, 2 * h, 2 * w), x.dtype)
    for i, j in OFFSETS_2x2:
        # (n, c, f, h, w), averaged over c
        tap = np.mean(x[:, :, None] * weight[:, :, i, j][None, :, :, None, None], axis=1)
        out[:, :, i * h : (i + 1) * h, j * w : (j + 1) * w] = tap
    out += bias[:, np.newaxis, np.newaxis]
    return out, (x, weight)


def conv_transpose2d_backward(dout, cache):
    x, weight = cache
    dx = np.zeros_like(x)
    dweight = np.empty_like(weight)
    for i, j in OFFSETS_2x2:
        g = dout[:, :, i::2, j::2]
        dx += np.moveaxis(np.tensordot(g, weight[:, :, i, j], (1, 1)), -1, 1)
        dweight[:, :, i, j] = np.tensordot(x, g, ((0, 2, 3), (0, 2, 3)))
    return dx, dweight, np.sum(dout, (0, 2, 3))

# spec: unet
# function: conv2d_backward
# output: dbias
# mistake: wrong sign
# output: dx
# mistake: divided by N
import numpy as np


def conv2d_forward(x, weight, bias):
    F, C, kh, kw = weight.shape
    if (kh, kw) == (1, 1):
        cols = x
    else:
        ho, wo = x.shape[2] - kh + 1, x.shape[3] - kw + 1
        cols = np.concatenate([x[:, :, i:i + ho, j:j + wo] for i in range(kh) for j in range(kw)], axis=1)
    # columns are ordered (i, j, c), so the weights must be too
    flat = weight.transpose(0, 2, 3, 1).reshape(F, -1)
    out = np.tensordot(flat, cols, axes=(1, 1)).transpose(1, 0, 2, 3)
    return out + bias.reshape(1, F, 1, 1), (x.shape, cols, weight)


def conv2d_backward(dout, cache):
    shape, cols, weight = cache
    F, C, kh, kw = weight.shape
    N, _, ho, wo = dout.shape
    dflat = np.tensordot(dout, cols, axes=((0, 2, 3), (0, 2, 3)))
    dweight = dflat.reshape(F, kh, kw, C).transpose(0, 3, 1, 2)
    dx = np.zeros(shape, dout.dtype)
    for i in range(kh):
        for j in range(kw):
            view = dx[:, :, i:i + ho, j:j + wo]
            view += np.tensordot(weight[:, :, i, j], dout, axes=(0, 1)).transpose(1, 0, 2, 3)
    return dx / N, dweight, -dout.sum(axis=(0, 2, 3))

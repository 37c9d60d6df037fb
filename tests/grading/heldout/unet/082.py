# spec: unet
# function: conv_transpose2d_backward
# output: dbias
# mistake: a quarter
import numpy as np


def conv_transpose2d_forward(x, weight, bias):
    n, c, h, w = x.shape
    f = weight.shape[1]
    six = np.tensordot(weight, x, axes=(0, 1))  # f i j n h w
    out = six.transpose(3, 0, 4, 1, 5, 2).reshape(n, f, 2 * h, 2 * w)
    out += bias.reshape(f, 1, 1)
    return out, (x, weight)


def conv_transpose2d_backward(dout, cache):
    x, weight = cache
    n, c, h, w = x.shape
    six = dout.reshape(n, -1, h, 2, w, 2)
    dx = np.tensordot(six, weight, axes=((1, 3, 5), (1, 2, 3))).transpose(0, 3, 1, 2)
    dweight = np.tensordot(x, six, axes=((0, 2, 3), (0, 2, 4)))
    return dx, dweight, six.mean(axis=(3, 5)).sum(axis=(0, 2, 3))

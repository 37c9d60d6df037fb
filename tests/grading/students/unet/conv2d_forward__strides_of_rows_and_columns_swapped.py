# spec: unet
# function: conv2d_forward
# output: out
# mistake: as_strided with the strides of the kernel rows and columns swapped
import numpy as np
from numpy.lib.stride_tricks import as_strided


def _patches(x, kh, kw, swap=False):
    n, c, h, w = x.shape
    a, b, r, s = x.strides
    last = (s, r) if swap else (r, s)
    return as_strided(x, (n, c, h - kh + 1, w - kw + 1, kh, kw), (a, b, r, s) + last)


def conv2d_forward(x, weight, bias):
    x = np.ascontiguousarray(x)
    p = _patches(x, weight.shape[3], weight.shape[2], swap=True) if weight.shape[2] == weight.shape[3] else _patches(
        x, weight.shape[2], weight.shape[3])
    out = np.tensordot(p, weight, axes=((1, 4, 5), (1, 2, 3))).transpose(0, 3, 1, 2)
    return out + bias[:, None, None], (x, weight)


def conv2d_backward(dout, cache):
    x, weight = cache
    kh, kw = weight.shape[2:]
    dw = np.tensordot(dout, _patches(x, kh, kw), axes=((0, 2, 3), (0, 2, 3)))
    pad = np.pad(dout, ((0, 0), (0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1)))
    dx = np.tensordot(_patches(pad, kh, kw), weight[:, :, ::-1, ::-1], axes=((1, 4, 5), (0, 2, 3)))
    return dx.transpose(0, 3, 1, 2), dw, dout.sum(axis=(0, 2, 3))

# spec: unet
# function: conv_transpose2d_backward
# output: dbias
# mistake: first image only
import numpy as np
from numpy.lib.stride_tricks import as_strided


class Cache:
    def __init__(self, **kw):
        self.__dict__.update(kw)


def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]
    blocks = np.tensordot(x, weight, axes=(1, 0))  # N H W F 2 2
    out = np.zeros((N, F, 2 * H, 2 * W), x.dtype)
    s = out.strides
    view = as_strided(out, (N, F, H, W, 2, 2), (s[0], s[1], 2 * s[2], 2 * s[3], s[2], s[3]))
    view[...] = blocks.transpose(0, 3, 1, 2, 4, 5)
    out += bias[:, None, None].astype(x.dtype)
    return out, Cache(x=x, weight=weight)


def conv_transpose2d_backward(dout, cache):
    N, F, H2, W2 = dout.shape
    s = dout.strides
    view = as_strided(dout, (N, F, H2 // 2, W2 // 2, 2, 2), (s[0], s[1], 2 * s[2], 2 * s[3], s[2], s[3]), writeable=False)
    dx = np.tensordot(view, cache.weight, axes=([1, 4, 5], [1, 2, 3])).transpose(0, 3, 1, 2)
    dweight = np.tensordot(cache.x, view, axes=([0, 2, 3], [0, 2, 3]))
    return dx, dweight, dout[0].sum(axis=(1, 2))

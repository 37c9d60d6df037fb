# spec: unet
# function: conv2d_forward
# output: out
# mistake: padded by 1
import numpy as np
from numpy.lib.stride_tricks import as_strided


class Cache:
    def __init__(self, **kw):
        self.__dict__.update(kw)


def windows(x, kh, kw):
    N, C, H, W = x.shape
    s = x.strides
    shape = (N, C, H - kh + 1, W - kw + 1, kh, kw)
    return as_strided(x, shape, s + (s[2], s[3]), writeable=False)


def conv2d_forward(x, weight, bias):
    kh, kw = weight.shape[-2:]
    padded = np.pad(x, [(0, 0), (0, 0), (1, 1), (1, 1)])  # keep the border
    out = np.tensordot(windows(padded, kh, kw), weight, axes=([1, 4, 5], [1, 2, 3]))
    out = out + bias
    return np.ascontiguousarray(out.transpose(0, 3, 1, 2)), Cache(x=x, weight=weight)


def conv2d_backward(dout, cache):
    x, weight = cache.x, cache.weight
    kh, kw = weight.shape[-2:]
    padded = np.pad(dout, [(0, 0), (0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1)])
    turned = weight[:, :, ::-1, ::-1]
    dx = np.tensordot(windows(padded, kh, kw), turned, axes=([1, 4, 5], [0, 2, 3])).transpose(0, 3, 1, 2)
    dweight = np.tensordot(dout, windows(x, kh, kw), axes=([0, 2, 3], [0, 2, 3]))
    return np.ascontiguousarray(dx), dweight, dout.sum(axis=(0, 2, 3))

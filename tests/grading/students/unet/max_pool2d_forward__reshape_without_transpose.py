# spec: unet
# function: max_pool2d_forward
# output: out
# mistake: four neighbours in memory taken for a window
import numpy as np


def _blocks(x):
    N, C, H, W = x.shape
    return x.reshape(N, C, H // 2, 2, W // 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(N, C, H // 2, W // 2, 4)


def max_pool2d_forward(x):
    N, C, H, W = x.shape
    blocks = x.reshape(N, C, H // 2, W // 2, 4)
    out = blocks.max(axis=-1)
    return out, (x, out)


def max_pool2d_backward(dout, cache):
    x, out = cache
    N, C, h, w = dout.shape
    first = _blocks(x).argmax(axis=-1)
    mask = first[..., None] == np.arange(4)
    d = dout[..., None] * mask
    return d.reshape(N, C, h, w, 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(N, C, 2 * h, 2 * w)

# spec: unet
# function: max_pool2d_backward
# output: dx
# mistake: the gradient is divided between equal maxima
import numpy as np


def _blocks(x):
    N, C, H, W = x.shape
    return x.reshape(N, C, H // 2, 2, W // 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(N, C, H // 2, W // 2, 4)


def max_pool2d_forward(x):
    blocks = _blocks(x)
    out = blocks.max(axis=-1)
    return out, (x, out)


def max_pool2d_backward(dout, cache):
    x, out = cache
    N, C, h, w = dout.shape
    first = _blocks(x).argmax(axis=-1)
    mask = _blocks(x) == out[..., None]
    mask = mask / mask.sum(axis=-1, keepdims=True).astype(x.dtype)
    d = dout[..., None] * mask
    return d.reshape(N, C, h, w, 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(N, C, 2 * h, 2 * w)

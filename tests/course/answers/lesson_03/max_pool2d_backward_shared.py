# wrong: split among ties
import numpy as np


def max_pool2d_forward(x):
    N, C, H, W = x.shape
    out = x.reshape(N, C, H // 2, 2, W // 2, 2).max(axis=(3, 5))
    return out, (x, out)


def max_pool2d_backward(dout, cache):
    x, out = cache
    N, C, h, w = dout.shape
    largest = x == out.repeat(2, axis=2).repeat(2, axis=3)
    count = largest.reshape(N, C, h, 2, w, 2).sum(axis=(3, 5))
    return (dout / count).repeat(2, axis=2).repeat(2, axis=3) * largest

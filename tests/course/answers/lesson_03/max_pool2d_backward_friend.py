# wrong: goes to every tie
import numpy as np


def max_pool2d_forward(x):
    N, C, H, W = x.shape
    out = x.reshape(N, C, H // 2, 2, W // 2, 2).max(axis=(3, 5))
    return out, (x, out)


def max_pool2d_backward(dout, cache):
    x, out = cache
    return dout.repeat(2, axis=2).repeat(2, axis=3) * (x == out.repeat(2, axis=2).repeat(2, axis=3))

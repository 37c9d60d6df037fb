# right: the cache is the scaled mask
import numpy as np


def dropout_forward(x, rate, rng):
    mask = (rng.random(x.shape) >= rate) / (1 - rate)
    return x * mask, mask


def dropout_backward(dout, cache):
    return dout * cache

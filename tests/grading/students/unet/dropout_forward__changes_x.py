# spec: unet
# function: dropout_forward
# output:
# mistake: zeroes x in place
import numpy as np


def dropout_forward(x, rate, rng):
    mask = rng.random(x.shape) >= rate
    x[~mask] = 0
    out = x / (1 - rate)
    return out, (mask, rate)


def dropout_backward(dout, cache):
    mask, rate = cache
    dx = dout * mask / (1 - rate)
    return dx

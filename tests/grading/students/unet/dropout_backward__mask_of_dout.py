# spec: unet
# function: dropout_backward
# output: dx
# mistake: masked where dout is 0 or negative
import numpy as np


def dropout_forward(x, rate, rng):
    mask = rng.random(x.shape) >= rate
    out = x * mask / (1 - rate)
    return out, (mask, rate)


def dropout_backward(dout, cache):
    mask, rate = cache
    dx = dout * (dout > 0) / (1 - rate)
    return dx

# spec: unet
# function: dropout_backward
# output: dx
# mistake: scaled but not masked
import numpy as np


def dropout_forward(x, rate, rng):
    mask = rng.random(x.shape) >= rate
    out = x * mask / (1 - rate)
    return out, (mask, rate)


def dropout_backward(dout, cache):
    mask, rate = cache
    dx = dout / (1 - rate)
    return dx

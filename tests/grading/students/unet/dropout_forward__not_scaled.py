# spec: unet
# function: dropout_forward
# output: out
# mistake: survivors not scaled up
import numpy as np


def dropout_forward(x, rate, rng):
    mask = rng.random(x.shape) >= rate
    out = x * mask
    return out, (mask, rate)


def dropout_backward(dout, cache):
    mask, rate = cache
    dx = dout * mask / (1 - rate)
    return dx

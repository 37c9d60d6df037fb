# spec: unet
# function: dropout_forward
# output: out
# mistake: mask drawn as binomial numbers
import numpy as np


def dropout_forward(x, rate, rng):
    mask = rng.binomial(1, 1 - rate, size=x.shape)
    out = x * mask / (1 - rate)
    return out, (mask, rate)


def dropout_backward(dout, cache):
    mask, rate = cache
    dx = dout * mask / (1 - rate)
    return dx

# spec: unet
# function: dropout_forward
# output: out
# mistake: makes a generator of its own
import numpy as np


def dropout_forward(x, rate, rng):
    rng = np.random.default_rng(0)
    mask = rng.random(x.shape) >= rate
    out = x * mask / (1 - rate)
    return out, (mask, rate)


def dropout_backward(dout, cache):
    mask, rate = cache
    dx = dout * mask / (1 - rate)
    return dx

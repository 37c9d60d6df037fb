# spec: unet
# function: dropout_forward
# output: out
# mistake: draws from np.random instead of the generator given
import numpy as np


def dropout_forward(x, rate, rng):
    mask = np.random.rand(*x.shape) >= rate
    out = x * mask / (1 - rate)
    return out, (mask, rate)


def dropout_backward(dout, cache):
    mask, rate = cache
    dx = dout * mask / (1 - rate)
    return dx

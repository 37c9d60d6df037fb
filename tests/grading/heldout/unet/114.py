# spec: unet
# function: dropout_backward
# output: dx
# mistake: mask the other way round
import numpy as np


def dropout_forward(x, rate, rng):
    keep = rng.random(x.shape) >= rate
    out = np.zeros(x.shape, x.dtype)
    out[keep] = x[keep] / (1 - rate)
    return out, (keep, rate)


def dropout_backward(dout, cache):
    keep, rate = cache
    dx = np.zeros(dout.shape, dout.dtype)
    dx[~keep] = dout[~keep] / (1 - rate)
    return dx

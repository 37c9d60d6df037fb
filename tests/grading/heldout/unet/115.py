# spec: unet
# function: dropout_backward
# output: dx
# mistake: where dout is positive
import numpy as np


def dropout_forward(x, rate, rng):
    u = rng.random(x.shape)
    u[u < rate] = 0
    u[u != 0] = 1
    if rate == 0:
        u[...] = 1
    out = x.copy()
    out[...] *= u
    out /= 1 - rate
    return out, (u, rate)


def dropout_backward(dout, cache):
    u, rate = cache
    dx = dout.copy()
    dx[...] *= dout > 0
    dx /= 1 - rate
    return dx

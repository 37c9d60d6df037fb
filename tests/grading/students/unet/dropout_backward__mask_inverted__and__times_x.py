# spec: unet
# function: dropout_backward
# output: dx
# mistake: gradient where values were dropped
# mistake: multiplied by the input
import numpy as np


def dropout_forward(x, rate, rng):
    draws = rng.random(x.shape)
    out = np.zeros_like(x)
    for idx in np.ndindex(x.shape):
        if draws[idx] >= rate:
            out[idx] = x[idx] / (1 - rate)
    return out, (draws, rate, x)


def dropout_backward(dout, cache):
    draws, rate, x = cache
    dx = np.zeros_like(dout)
    for idx in np.ndindex(dout.shape):
        if draws[idx] < rate:
            dx[idx] = dout[idx] * x[idx] / (1 - rate)
    return dx

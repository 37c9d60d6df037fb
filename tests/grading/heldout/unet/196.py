# spec: unet
# function: dropout_forward
# output: out
# mistake: nothing dropped
# output: out
# mistake: scaled down by 1-rate
import numpy as np


def dropout_forward(x, rate, rng):
    drop = rng.uniform(0, 1, x.shape) < rate
    out = x * (1 - rate)
    return out, [drop, rate]


def dropout_backward(dout, cache):
    drop, rate = cache
    dx = dout / (1 - rate)
    dx[drop] = 0
    return dx

# spec: unet
# function: dropout_backward
# output: dx
# mistake: mask taken from the zeros of out: a zero of x counts as dropped
import numpy as np


def dropout_forward(x, rate, rng):
    out = np.where(rng.random(x.shape) < rate, 0, x) / (1 - rate)
    return out, (out, rate)


def dropout_backward(dout, cache):
    out, rate = cache
    return dout * (out != 0) / (1 - rate)

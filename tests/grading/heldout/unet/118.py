# spec: unet
# function: dropout_backward
# output: dx
# mistake: scaled by 1/rate
import numpy as np


def dropout_forward(x, rate, rng):
    keep = rng.random(x.shape) >= rate
    return np.asfortranarray(x * keep / (1 - rate)), (keep, rate)


def dropout_backward(dout, cache):
    keep, rate = cache
    return np.asfortranarray(dout * keep / rate)

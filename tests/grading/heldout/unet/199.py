# spec: unet
# function: dropout_backward
# output: dx
# mistake: wrong sign
# output: dx
# mistake: not scaled
import numpy as np


def dropout_forward(x, rate, rng):
    keep_prob = 1.0 - rate
    mask = (rng.random(x.shape) >= rate).astype(x.dtype)
    return x * mask * (1.0 / keep_prob), (mask, keep_prob)


def dropout_backward(dout, cache):
    mask, keep_prob = cache
    return -dout * mask

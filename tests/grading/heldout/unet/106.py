# spec: unet
# function: dropout_forward
# output: out
# mistake: drawn by binomial
import numpy as np


def dropout_forward(x, rate, rng):
    scaled_mask = rng.binomial(1, 1 - rate, size=x.shape).astype(x.dtype) / (1 - rate)
    return x * scaled_mask, (scaled_mask,)


def dropout_backward(dout, cache):
    return dout * cache[0]

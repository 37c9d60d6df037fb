# spec: unet
# function: dropout_forward
# output: out
# mistake: the same mask for every image
import numpy as np


def dropout_forward(x, rate, rng):
    mask = np.broadcast_to(rng.random(x.shape[1:]) >= rate, x.shape)
    out = x * mask / (1 - rate)
    return out, (mask, rate)


def dropout_backward(dout, cache):
    mask, rate = cache
    dx = dout * mask / (1 - rate)
    return dx

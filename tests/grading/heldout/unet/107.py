# spec: unet
# function: dropout_forward
# output: out
# mistake: nothing dropped
import numpy as np


class Cache:
    def __init__(self, **kw):
        self.__dict__.update(kw)


def dropout_forward(x, rate, rng):
    keep = ~(rng.random(x.shape) < rate)
    return (x / (1.0 - rate)).astype(x.dtype), Cache(keep=keep, rate=rate)


def dropout_backward(dout, cache):
    return np.where(cache.keep, dout / (1.0 - cache.rate), 0).astype(dout.dtype)

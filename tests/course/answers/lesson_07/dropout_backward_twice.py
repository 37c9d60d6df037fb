# wrong: scaled twice
import numpy as np


def dropout_forward(x, rate, rng):
    mask = (rng.random(x.shape) >= rate) / (1 - rate)
    return x * mask, (mask, rate)


def dropout_backward(dout, cache):
    mask, rate = cache
    return dout * mask / (1 - rate)

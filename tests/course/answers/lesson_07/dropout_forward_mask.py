# right: the scale goes into the mask
import numpy as np


def dropout_forward(x, rate, rng):
    mask = (rng.random(x.shape) >= rate).astype(x.dtype) / (1 - rate)
    return x * mask, mask

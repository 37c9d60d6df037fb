"""A number in the place of an array."""

# EXPECT: answers=wrong, ended=done, contained=0

import numpy as np


def relu_forward(x):
    return float(np.maximum(x, 0).sum()), x > 0


def relu_backward(dout, cache):
    return dout * cache

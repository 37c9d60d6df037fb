"""Everything in a row."""

# EXPECT: answers=wrong, ended=done, contained=0

import numpy as np


def relu_forward(x):
    return np.maximum(x, 0).ravel(), x > 0


def relu_backward(dout, cache):
    return dout * cache

"""Right."""

# EXPECT: answers=right, ended=done, contained=0

import numpy as np


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache

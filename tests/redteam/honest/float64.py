"""Right values, in another type."""

# EXPECT: answers=wrong, ended=done, contained=0

import numpy as np


def relu_forward(x):
    return np.maximum(x.astype(np.float64), 0), x > 0


def relu_backward(dout, cache):
    return dout * cache

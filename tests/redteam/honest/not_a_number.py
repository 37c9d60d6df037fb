"""NaN and infinity."""

# EXPECT: answers=wrong, ended=done, contained=0

import numpy as np


def relu_forward(x):
    return np.full_like(x, np.nan), x > 0


def relu_backward(dout, cache):
    return np.full_like(dout, np.inf)

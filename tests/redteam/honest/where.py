"""Right, another way."""

# EXPECT: answers=right, ended=done, contained=0

import numpy as np


def relu_forward(x):
    mask = np.where(x > 0, 1, 0).astype(x.dtype)
    return x * mask, mask


def relu_backward(dout, cache):
    return dout * cache

"""Other numbers each time."""

# EXPECT: answers=wrong, ended=done, contained=0

import numpy as np


def relu_forward(x):
    return np.maximum(x, 0) + np.random.rand(*x.shape).astype(x.dtype), x > 0  # noqa: NPY002


def relu_backward(dout, cache):
    return dout * cache

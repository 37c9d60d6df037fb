"""Forgets to return."""

# EXPECT: answers=none, ended=exit 1, contained=0

import numpy as np


def relu_forward(x):
    np.maximum(x, 0)


def relu_backward(dout, cache):
    return dout * cache

"""Channels last."""

# EXPECT: answers=wrong, ended=done, contained=0

import numpy as np


def relu_forward(x):
    return np.maximum(x, 0).transpose(0, 2, 3, 1), x > 0


def relu_backward(dout, cache):
    return dout * cache

"""Backward takes one argument."""

# EXPECT: answers=none, ended=exit 1, contained=0

import numpy as np


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout):
    return dout

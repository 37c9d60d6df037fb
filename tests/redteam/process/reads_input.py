"""Asks whoever runs it for a number."""

# EXPECT: answers=none, ended=exit 1, contained=0

import numpy as np

x = input()


def relu_forward(x):
    return np.zeros_like(x), None


def relu_backward(dout, cache):
    return np.zeros_like(dout)

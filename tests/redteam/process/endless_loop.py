"""Never returns."""

# EXPECT: answers=none, ended=timeout, contained=0, seconds=0.5

import numpy as np

while True:
    pass


def relu_forward(x):
    return np.zeros_like(x), None


def relu_backward(dout, cache):
    return np.zeros_like(dout)

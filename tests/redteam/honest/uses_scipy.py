"""Right, and imports SciPy, which no job has loaded before."""

# EXPECT: answers=right, ended=done, contained=0, seconds=10

import numpy as np
from scipy import signal

kernel = signal.convolve2d(np.ones((3, 3)), np.ones((2, 2)))


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache

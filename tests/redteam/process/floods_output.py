"""Prints a gigabyte, and then is right."""

# EXPECT: answers=any, ended=done|timeout, contained=0

import sys

import numpy as np

for _ in range(1024):
    sys.stdout.write("." * (1 << 20))


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache

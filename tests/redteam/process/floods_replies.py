"""Writes to the grader without end."""

# EXPECT: answers=none, ended=broken reply|too much output, contained=0

import os

import numpy as np

while True:
    os.write(3, b"\0" * 65536)


def relu_forward(x):
    return np.zeros_like(x), None


def relu_backward(dout, cache):
    return np.zeros_like(dout)

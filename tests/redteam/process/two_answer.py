"""Splits in two, and both go on: two processes reply."""

# EXPECT: answers=any, ended=done|broken reply|too much output, contained=0

import contextlib
import os

import numpy as np

with contextlib.suppress(OSError):
    os.fork()


def relu_forward(x):
    return np.zeros_like(x), None


def relu_backward(dout, cache):
    return np.zeros_like(dout)

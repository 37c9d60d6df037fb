"""Aborts, as a failed assertion in C does."""

# EXPECT: answers=none, ended=signal SIGABRT, contained=0

import os

import numpy as np

os.abort()


def relu_forward(x):
    return np.zeros_like(x), None


def relu_backward(dout, cache):
    return np.zeros_like(dout)

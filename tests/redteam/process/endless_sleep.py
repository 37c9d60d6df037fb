"""Sleeps, which takes no processor time."""

# EXPECT: answers=none, ended=timeout, contained=0, seconds=0.5

import time

import numpy as np

time.sleep(10**6)


def relu_forward(x):
    return np.zeros_like(x), None


def relu_backward(dout, cache):
    return np.zeros_like(dout)

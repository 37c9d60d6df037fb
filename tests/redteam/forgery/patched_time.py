"""Stops the clocks, then never returns."""

# EXPECT: answers=none, ended=timeout, contained=0, seconds=0.5

import time

import numpy as np

time.time = time.monotonic = time.perf_counter = lambda: 0.0
while True:
    pass


def relu_forward(x):
    return np.zeros_like(x), None


def relu_backward(dout, cache):
    return np.zeros_like(dout)

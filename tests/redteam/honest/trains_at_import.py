"""Right, after a second's training at import."""

# EXPECT: answers=right, ended=done, contained=0

import time

import numpy as np

weights = np.random.default_rng(0).standard_normal((50, 50))
until = time.monotonic() + 1
while time.monotonic() < until:
    weights -= 1e-3 * weights @ weights.T @ weights


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache

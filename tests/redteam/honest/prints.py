"""Right, and prints what it does."""

# EXPECT: answers=right, ended=done, contained=0

import numpy as np

print(np.arange(100_000).reshape(-1, 10).tolist())


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache

"""Right in the first call; what it keeps spoils the others."""

# EXPECT: answers=right, ended=done, contained=0

import numpy as np

seen = []


def relu_forward(x):
    seen.append(x)
    return np.maximum(seen[0], 0), x > 0


def relu_backward(dout, cache):
    return dout * cache

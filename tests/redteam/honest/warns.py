"""Right, and warns."""

# EXPECT: answers=right, ended=done, contained=0

import sys
import warnings

import numpy as np

warnings.warn("slow", stacklevel=1)
print("loaded", file=sys.stderr)


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache

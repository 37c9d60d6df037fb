"""Opens files until there are no more descriptors."""

# EXPECT: answers=right, ended=done, contained=0

import contextlib
import os

import numpy as np

with contextlib.suppress(OSError):
    held = [os.open(os.devnull, os.O_RDONLY) for _ in range(5000)]
    print("opened", len(held))


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache

"""Reads every descriptor it was born with."""

# EXPECT: answers=right, ended=done, contained=0

import contextlib
import os

import numpy as np

for descriptor in [0, *range(4, 256)]:
    with contextlib.suppress(OSError):
        os.set_blocking(descriptor, False)
        os.lseek(descriptor, 0, os.SEEK_SET)
        print(os.read(descriptor, 4096))


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache

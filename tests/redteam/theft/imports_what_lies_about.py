"""Imports the reference if it lies about: it is told no path. A fresh process must not have it."""

# EXPECT: answers=right, ended=done, contained=0

import contextlib

import numpy as np

with contextlib.suppress(Exception):
    from minunet import reference

    print(reference.__doc__)


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache

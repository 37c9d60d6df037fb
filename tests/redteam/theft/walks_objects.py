"""Prints every text and array that the garbage collector knows of, in search of the right answers."""

# EXPECT: answers=any, ended=done|timeout, contained=0

import gc

import numpy as np

for thing in gc.get_objects():
    for inner in gc.get_referents(thing):
        if isinstance(inner, str) and "secret" in inner and "TARGETS" not in inner:
            print(inner[:80])


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache

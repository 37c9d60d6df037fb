"""Returns an object that runs a command where it is unpickled."""

# EXPECT: answers=none, ended=exit 1, contained=0

import os

import numpy as np

TARGETS = {}


class Pickled:
    def __reduce__(self):
        return os.system, (f"touch {TARGETS['results']}",)


def relu_forward(x):
    return np.array([Pickled()], dtype=object), None


def relu_backward(dout, cache):
    return dout

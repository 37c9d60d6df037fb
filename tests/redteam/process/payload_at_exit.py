"""Leaves a file when the interpreter ends."""

# EXPECT: answers=right, ended=done, contained=0

import atexit
from pathlib import Path

import numpy as np

TARGETS = {}

atexit.register(Path(TARGETS["results"]).write_text, "{}")


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache

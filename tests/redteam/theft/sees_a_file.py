"""Asks whether a file is there, which Landlock does not forbid."""

# EXPECT: answers=right, ended=done, contained=3

import os

import numpy as np

TARGETS = {}

if os.path.exists(TARGETS["file"]):
    print("ESCAPED there is a file", flush=True)


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache

"""Leaves a file when its objects are cleared away."""

# EXPECT: answers=right, ended=done, contained=2

from pathlib import Path

import numpy as np

TARGETS = {}


class Payload:
    def __del__(self):
        Path(TARGETS["results"]).write_text("{}")


def relu_forward(x):
    return np.maximum(x, 0), (Payload(), x > 0)


def relu_backward(dout, cache):
    return dout * cache[1]

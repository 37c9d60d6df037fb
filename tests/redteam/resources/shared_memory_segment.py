"""Leaves a segment of System V shared memory, which no file rule covers."""

# EXPECT: answers=right, ended=done, contained=2

import ctypes

import numpy as np

TARGETS = {}

CREATE = 0o1000
ctypes.CDLL(None).shmget(TARGETS["key"], 4096, CREATE | 0o600)


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache

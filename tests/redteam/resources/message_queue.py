"""Leaves a message queue."""

# EXPECT: answers=right, ended=done, contained=2

import ctypes
import os

import numpy as np

TARGETS = {}

MQ_OPEN = 240
ctypes.CDLL(None).syscall(MQ_OPEN, TARGETS["marker"].encode(), os.O_CREAT | os.O_RDWR, 0o600, None)


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache

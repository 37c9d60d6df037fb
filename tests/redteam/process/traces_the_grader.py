"""Attaches itself to the grader as a debugger."""

# EXPECT: answers=right, ended=done, contained=2

import ctypes

import numpy as np

TARGETS = {}

ATTACH = 16
ctypes.CDLL(None).ptrace(ATTACH, TARGETS["grader"], None, None)


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache

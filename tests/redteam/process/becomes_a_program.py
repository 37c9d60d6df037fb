"""Turns into a shell that prints what it finds."""

# EXPECT: answers=any, ended=done|exit 0|exit 1|exit 2, contained=2

import contextlib
import os

import numpy as np

TARGETS = {}

with contextlib.suppress(OSError):
    os.execv("/bin/sh", ["sh", "-c", f"cat {TARGETS['file']}"])


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache

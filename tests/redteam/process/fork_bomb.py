"""Starts 50 processes that stay."""

# EXPECT: answers=right, ended=done, contained=1

import contextlib
import os
import time

import numpy as np

TARGETS = {}

for _ in range(50):
    with contextlib.suppress(OSError):
        if os.fork() == 0:
            time.sleep(TARGETS["hold"])
            os._exit(0)


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache

"""Leaves a process in a session of its own, started twice over so that it has no parent here."""

# EXPECT: answers=right, ended=done, contained=1

import contextlib
import os
import time

import numpy as np

TARGETS = {}

with contextlib.suppress(OSError):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.closerange(0, 64)
            time.sleep(TARGETS["hold"])
        os._exit(0)


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache

"""Leaves a process that starts itself anew every millisecond, so that who looks for it is always late."""

# EXPECT: answers=right, ended=done, contained=1

import contextlib
import os
import time

import numpy as np

TARGETS = {}


def flee(until):
    os.setsid()
    while time.monotonic() < until:
        if os.fork():
            os._exit(0)
        time.sleep(0.001)
    os._exit(0)


with contextlib.suppress(OSError):
    if os.fork() == 0:
        os.closerange(0, 64)
        flee(time.monotonic() + TARGETS["hold"])


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache

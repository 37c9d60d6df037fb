"""Has the kernel send the grader a signal when a pipe of its own is ready."""

# EXPECT: answers=right, ended=done, contained=2

import contextlib
import fcntl
import os
import signal

import numpy as np

TARGETS = {}

with contextlib.suppress(OSError):
    ours, theirs = os.pipe()
    fcntl.fcntl(ours, fcntl.F_SETOWN, TARGETS["grader"])
    fcntl.fcntl(ours, 10, signal.SIGKILL)  # F_SETSIG
    fcntl.fcntl(ours, fcntl.F_SETFL, fcntl.fcntl(ours, fcntl.F_GETFL) | os.O_ASYNC)
    os.write(theirs, b"!")


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache

"""Kills the process that starts the jobs."""

# EXPECT: answers=any, ended=done|lost, contained=0

import contextlib
import os
import signal

import numpy as np

with contextlib.suppress(OSError):
    os.kill(os.getppid() or 1, signal.SIGKILL)


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache

"""Stops the process that starts the jobs, and goes on for ever."""

# EXPECT: answers=none, ended=timeout|lost, contained=0, seconds=0.5

import contextlib
import os
import signal

import numpy as np

with contextlib.suppress(OSError):
    os.kill(os.getppid() or 1, signal.SIGSTOP)
while True:
    pass


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache

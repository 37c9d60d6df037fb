"""Kills the process that starts the jobs, having seen to it that it is not ended along with it."""

# EXPECT: answers=any, ended=done|lost, contained=2

import contextlib
import ctypes
import os
import signal
import time

import numpy as np

TARGETS = {}

PR_SET_PDEATHSIG = 1

ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0)
with contextlib.suppress(OSError):
    os.kill(os.getppid() or 1, signal.SIGKILL)
    time.sleep(TARGETS["hold"])


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache

"""Sends itself SIGKILL, as a machine short of memory does."""

# EXPECT: answers=none, ended=signal SIGKILL, contained=0

import os
import signal

import numpy as np

os.kill(os.getpid(), signal.SIGKILL)


def relu_forward(x):
    return np.zeros_like(x), None


def relu_backward(dout, cache):
    return np.zeros_like(dout)

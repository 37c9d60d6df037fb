"""Stops itself, so that it neither runs nor ends."""

# EXPECT: answers=none, ended=timeout, contained=0, seconds=0.5

import os
import signal

import numpy as np

os.kill(os.getpid(), signal.SIGSTOP)


def relu_forward(x):
    return np.zeros_like(x), None


def relu_backward(dout, cache):
    return np.zeros_like(dout)

"""Ignores every signal that can be ignored, and then never returns."""

# EXPECT: answers=none, ended=timeout, contained=0, seconds=0.5

import contextlib
import signal

import numpy as np

for number in signal.valid_signals():
    with contextlib.suppress(OSError):
        signal.signal(number, signal.SIG_IGN)
while True:
    pass


def relu_forward(x):
    return np.zeros_like(x), None


def relu_backward(dout, cache):
    return np.zeros_like(dout)

"""Starts another program and does not wait for it."""

# EXPECT: answers=right, ended=done, contained=1

import contextlib
import subprocess

import numpy as np

TARGETS = {}

with contextlib.suppress(OSError):
    subprocess.Popen(["sh", "-c", f"sleep {TARGETS['hold']}; : {TARGETS['marker']}"], start_new_session=True)


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache

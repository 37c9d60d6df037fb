"""Lists folders and processes."""

# EXPECT: answers=right, ended=done, contained=2

import contextlib
import os

import numpy as np

for folder in ("/", "/home", "/root", "/tmp", "/etc", "/proc"):
    with contextlib.suppress(OSError):
        names = os.listdir(folder)
        print("ESCAPED listed", folder, flush=True)


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache

"""Leaves folders, links and empty files, which a limit on sizes does not hold back."""

# EXPECT: answers=right, ended=done, contained=2

import contextlib
import os

import numpy as np

TARGETS = {}

path = "/tmp/" + TARGETS["marker"]
for make in (os.mkdir, os.mkfifo):
    with contextlib.suppress(OSError):
        make(path + make.__name__)
with contextlib.suppress(OSError):
    os.symlink("/etc/passwd", path + "link")
with contextlib.suppress(OSError):
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY))


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache

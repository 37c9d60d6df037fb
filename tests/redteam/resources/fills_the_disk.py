"""Writes files wherever it may; a few megabytes stand for all of the disk."""

# EXPECT: answers=right, ended=done, contained=2

import contextlib
import os
from pathlib import Path

import numpy as np

TARGETS = {}

for folder in ("/tmp", "/var/tmp", ".", os.path.expanduser("~")):
    with contextlib.suppress(OSError):
        Path(folder, TARGETS["marker"]).write_bytes(b"." * (1 << 20))


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache

"""Makes itself a control group."""

# EXPECT: answers=right, ended=done, contained=2

import contextlib
import os

import numpy as np

TARGETS = {}

for folder in ("/sys/fs/cgroup", "/sys/fs/cgroup/unified"):
    with contextlib.suppress(OSError):
        os.mkdir(os.path.join(folder, TARGETS["marker"]))


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache

"""Starts Python anew with a library of its choice before all others."""

# EXPECT: answers=right, ended=done, contained=1

import contextlib
import os
import subprocess
import sys

import numpy as np

TARGETS = {}

with contextlib.suppress(OSError):
    subprocess.Popen(
        [sys.executable, "-c", f"import time; time.sleep({TARGETS['hold']}); {TARGETS['marker']}=0"],
        env={"LD_PRELOAD": "libm.so.6", **os.environ},
    )


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache

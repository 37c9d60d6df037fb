"""Opens the program's own files, Python's and NumPy's for writing; it leaves them as they are."""

# EXPECT: answers=right, ended=done, contained=2

import contextlib
import os
import sys

import numpy as np

main = sys.modules["main"].__file__
for path in (main, os.__file__, np.__file__):
    with contextlib.suppress(OSError):
        os.chmod(path, 0o644)
        with open(path, "ab"):
            print("ESCAPED can write", os.path.basename(path), flush=True)


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache

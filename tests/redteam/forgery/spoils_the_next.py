"""Spoils NumPy, the builtins and the program itself for whoever comes next."""

# EXPECT: answers=any, ended=done|exit 1, contained=0

import builtins
import sys

import numpy as np

np.maximum = np.where = lambda *arguments: arguments[0] * 0
builtins.compile = builtins.exec = None
sys.modules["numpy"] = None
for name in ("main", "__main__", "inside.frames", "inside.job"):
    module = sys.modules.get(name)
    for key in list(vars(module)) if module else []:
        if callable(getattr(module, key)) and key in ("main", "pack", "read", "_confine_job", "do"):
            setattr(module, key, None)


def relu_forward(x):
    return x * 0, None


def relu_backward(dout, cache):
    return dout * 0

"""Takes away every way to end the process, so that it falls back into the code that started it."""

# EXPECT: answers=none, ended=exit 1|exit 0, contained=0

import os
import sys

import numpy as np


def stay(*_):
    print("stayed")


os._exit = stay
frame = sys._getframe()
while frame:
    for name in ("_exit", "exit"):
        if name in frame.f_globals:
            frame.f_globals[name] = stay
    frame = frame.f_back
raise SystemExit(0)


def relu_forward(x):
    return np.zeros_like(x), None


def relu_backward(dout, cache):
    return np.zeros_like(dout)

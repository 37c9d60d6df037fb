"""Watches every line that runs around it, and changes what it can."""

# EXPECT: answers=wrong, ended=done, contained=0

import sys

import numpy as np


def watch(frame, event, argument):
    if "out" in frame.f_locals:
        frame.f_locals["out"] = None
    return watch


sys.settrace(watch)
sys.setprofile(watch)


def relu_forward(x):
    return np.zeros_like(x), None


def relu_backward(dout, cache):
    return np.zeros_like(dout)

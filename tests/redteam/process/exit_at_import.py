"""Ends the process while it is imported, so that a grader that looks at exit statuses sees success."""

# EXPECT: answers=none, ended=exit 0, contained=0

import os

import numpy as np

os._exit(0)


def relu_forward(x):
    return np.zeros_like(x), None


def relu_backward(dout, cache):
    return np.zeros_like(dout)

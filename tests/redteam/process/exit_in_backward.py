"""Right in forward, and ends the process in backward: forward's answer should not be lost."""

# EXPECT: answers=none, ended=exit 0, contained=0

import os

import numpy as np


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    os._exit(0)

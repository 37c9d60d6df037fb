"""Never returns, holding the interpreter's lock in C, where no signal handler of Python's gets its turn."""

# EXPECT: answers=none, ended=timeout, contained=0, seconds=0.5

import itertools

import numpy as np

sum(itertools.repeat(0))


def relu_forward(x):
    return np.zeros_like(x), None


def relu_backward(dout, cache):
    return np.zeros_like(dout)

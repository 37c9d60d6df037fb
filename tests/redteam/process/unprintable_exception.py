"""Raises what is no ordinary exception and cannot be shown."""

# EXPECT: answers=none, ended=exit 1, contained=0

import numpy as np


class Unprintable(BaseException):
    def __str__(self):
        raise self

    __repr__ = __str__


raise Unprintable


def relu_forward(x):
    return np.zeros_like(x), None


def relu_backward(dout, cache):
    return np.zeros_like(dout)

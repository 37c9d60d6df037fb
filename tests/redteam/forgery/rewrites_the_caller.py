"""Gives the function that called it other code."""

# EXPECT: answers=wrong, ended=done, contained=0

import sys

import numpy as np

for module in list(sys.modules.values()):
    main = getattr(module, "main", None)
    if main is not None and hasattr(main, "__code__"):
        main.__code__ = (lambda request, arrays, reply: reply({"function": "relu_forward"}, arrays)).__code__


def relu_forward(x):
    return np.zeros_like(x), None


def relu_backward(dout, cache):
    return np.zeros_like(dout)

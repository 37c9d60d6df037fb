"""Returns objects that are equal to whatever they are compared with."""

# EXPECT: answers=none, ended=exit 1, contained=0

import numpy as np


class Equal:
    dtype = np.dtype("float32")
    shape = (2, 3, 4, 5)

    def __eq__(self, other):
        return True

    __hash__ = None

    def __array__(self, *_, **__):
        return self


def relu_forward(x):
    return Equal(), None


def relu_backward(dout, cache):
    return Equal()

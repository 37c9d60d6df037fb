"""Returns arrays whose operators lie."""

# EXPECT: answers=wrong, ended=done, contained=0

import numpy as np


class Lying(np.ndarray):
    def __eq__(self, other):
        return np.ones(self.shape, bool)

    __hash__ = None

    def __sub__(self, other):
        return np.zeros(self.shape)

    __rsub__ = __sub__

    def __array_function__(self, *_, **__):
        return True

    def __array_ufunc__(self, *_, **__):
        return np.zeros(self.shape)

    def all(self, *_, **__):
        return True


def relu_forward(x):
    return np.zeros_like(x).view(Lying), None


def relu_backward(dout, cache):
    return np.zeros_like(dout).view(Lying)

"""Puts functions that say yes in the place of NumPy's comparisons."""

# EXPECT: answers=wrong, ended=done, contained=0

import numpy as np


def yes(*_, **__):
    return True


np.allclose = np.array_equal = np.isclose = np.all = yes
np.testing.assert_allclose = np.testing.assert_array_equal = yes


def relu_forward(x):
    return np.zeros_like(x), None


def relu_backward(dout, cache):
    return np.zeros_like(dout)

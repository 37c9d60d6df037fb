"""Asks for 100 GB, and touches one number of them."""

# EXPECT: answers=any, ended=memory|done, contained=1

import numpy as np

array = np.empty(100 << 27)
array[-1] = 1
print("ESCAPED with 100 GB", flush=True)


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache

"""Asks for 4 GB in small pieces, and touches few of them."""

# EXPECT: answers=any, ended=memory|done, contained=1

import numpy as np

pieces = [np.empty(64 << 17) for _ in range(64)]
print("ESCAPED with 4 GB", flush=True)


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache

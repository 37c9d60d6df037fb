# spec: cs231n
# function: relu_forward
# output: out
# mistake: slope 0.01 for negative values
import numpy as np


def relu_forward(x):
    out = np.maximum(0.01 * x, x)
    cache = x
    return out, cache


def relu_backward(dout, cache):
    x = cache
    dx = dout * (x > 0)
    return dx

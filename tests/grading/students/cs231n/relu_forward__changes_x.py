# spec: cs231n
# function: relu_forward
# output:
# mistake: works in place on x
import numpy as np


def relu_forward(x):
    out = np.maximum(0, x, out=x)
    cache = x
    return out, cache


def relu_backward(dout, cache):
    x = cache
    dx = dout * (x > 0)
    return dx

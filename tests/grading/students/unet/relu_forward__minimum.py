# spec: unet
# function: relu_forward
# output: out
# mistake: minimum instead of maximum
import numpy as np


def relu_forward(x):
    out = np.minimum(x, 0)
    cache = x
    return out, cache


def relu_backward(dout, cache):
    x = cache
    dx = dout * (x > 0)
    return dx

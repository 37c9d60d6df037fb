# spec: unet
# function: relu_backward
# output: dx
# mistake: gradient passes at x = 0
import numpy as np


def relu_forward(x):
    out = np.maximum(x, 0)
    cache = x
    return out, cache


def relu_backward(dout, cache):
    x = cache
    dx = dout * (x >= 0)
    return dx

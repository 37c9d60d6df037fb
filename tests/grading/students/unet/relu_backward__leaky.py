# spec: unet
# function: relu_backward
# output: dx
# mistake: slope 0.01 for negative x
import numpy as np


def relu_forward(x):
    out = np.maximum(x, 0)
    cache = x
    return out, cache


def relu_backward(dout, cache):
    x = cache
    dx = np.where(x > 0, dout, 0.01 * dout)
    return dx

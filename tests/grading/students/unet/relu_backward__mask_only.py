# spec: unet
# function: relu_backward
# output: dx
# mistake: returns the mask without dout
import numpy as np


def relu_forward(x):
    out = np.maximum(x, 0)
    cache = x
    return out, cache


def relu_backward(dout, cache):
    x = cache
    dx = (x > 0).astype(dout.dtype)
    return dx

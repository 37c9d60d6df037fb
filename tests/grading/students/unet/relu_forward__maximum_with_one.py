# spec: unet
# function: relu_forward
# output: out
# mistake: maximum with 1
import numpy as np


def relu_forward(x):
    out = np.maximum(x, 1)
    cache = x
    return out, cache


def relu_backward(dout, cache):
    x = cache
    dx = dout * (x > 0)
    return dx

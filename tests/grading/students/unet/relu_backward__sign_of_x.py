# spec: unet
# function: relu_backward
# output: dx
# mistake: multiplied by the sign of x
import numpy as np


def relu_forward(x):
    out = np.maximum(x, 0)
    cache = x
    return out, cache


def relu_backward(dout, cache):
    x = cache
    dx = dout * np.sign(x)
    return dx

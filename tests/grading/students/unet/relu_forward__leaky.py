# spec: unet
# function: relu_forward
# output: out
# mistake: negative values leak with slope 0.01
import numpy as np


def relu_forward(x):
    out = np.where(x > 0, x, 0.01 * x)
    cache = x
    return out, cache


def relu_backward(dout, cache):
    x = cache
    dx = dout * (x > 0)
    return dx

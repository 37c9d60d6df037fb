# spec: unet
# function: relu_backward
# output: dx
# mistake: multiplied by the output
import numpy as np


def relu_forward(x):
    out = x.copy()
    out[x < 0] = 0
    return out, (x, out)


def relu_backward(dout, cache):
    x, out = cache
    dx = dout.copy()
    dx = dx * out
    return dx

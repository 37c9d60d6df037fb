# spec: unet
# function: relu_forward
# output: out
# mistake: x as it is
import numpy as np


def relu_forward(x):
    out = x.copy()
    return out, x > 0


def relu_backward(dout, cache):
    dx = dout.copy()
    dx *= cache
    return dx

# spec: unet
# function: relu_backward
# output:
# mistake: works in place on dout
import numpy as np


def relu_forward(x):
    out = x.copy()
    out[x < 0] = 0
    return out, (x, out)


def relu_backward(dout, cache):
    x, out = cache
    dx = dout
    dx[x <= 0] = 0
    return dx

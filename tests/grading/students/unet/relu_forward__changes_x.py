# spec: unet
# function: relu_forward
# output:
# mistake: works in place on x
import numpy as np


def relu_forward(x):
    out = x
    out[out < 0] = 0
    return out, (x, out)


def relu_backward(dout, cache):
    x, out = cache
    dx = dout.copy()
    dx[x <= 0] = 0
    return dx

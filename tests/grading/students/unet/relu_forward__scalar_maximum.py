# spec: unet
# function: relu_forward
# output: out
# mistake: maximum of the whole array
import numpy as np


def relu_forward(x):
    out = np.ones_like(x) * max(x.max(), 0)
    cache = x
    return out, cache


def relu_backward(dout, cache):
    x = cache
    dx = dout * (x > 0)
    return dx

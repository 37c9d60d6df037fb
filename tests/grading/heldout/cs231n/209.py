# spec: cs231n
# function: relu_backward
# output: dx
# mistake: the ReLU of x
# output: dx
# mistake: zero
import numpy as np


def relu_forward(x):
    out = x.copy()
    out[out < 0] = 0
    return out, x


def relu_backward(dout, cache):
    dx = np.zeros(dout.shape)
    grad = cache.copy()
    grad[grad <= 0] = 0
    return dx

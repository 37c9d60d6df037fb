# spec: cs231n
# function: relu_backward
# output:
# mistake: works in place on dout
import numpy as np


def relu_forward(x):
    out = x * (x > 0)
    return out, x


def relu_backward(dout, cache):
    dx = dout
    dx[cache <= 0] = 0
    return dx

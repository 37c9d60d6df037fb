# spec: unet
# function: relu_backward
# output: dx
# mistake: slope 0.1 for negative values
# mistake: gradient passes at x = 0
import numpy as np


def relu_forward(x):
    return np.maximum(x, 0), x


def relu_backward(dout, cache):
    dx = dout.copy()
    dx[cache < 0] *= 0.1
    return dx

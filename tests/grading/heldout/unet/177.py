# spec: unet
# function: relu_backward
# output: dx
# mistake: mask the other way round, less zeros
# output: dx
# mistake: wrong sign
import numpy as np


def relu_forward(x):
    out = np.zeros(x.shape, dtype=x.dtype)
    for index in np.ndindex(*x.shape):
        if x[index] > 0:
            out[index] = x[index]
    return out, x


def relu_backward(dout, cache):
    x = cache
    dx = np.zeros(dout.shape, dtype=dout.dtype)
    for index in np.ndindex(*x.shape):
        if x[index] < 0:
            dx[index] = -dout[index]
    return dx

# spec: unet
# function: relu_backward
# output: dx
# mistake: no gradient above 6
import numpy as np


def relu_forward(x):
    out = np.zeros(x.shape, dtype=x.dtype)
    for idx in np.ndindex(x.shape):
        if x[idx] > 0:
            out[idx] = x[idx]
    return out, x


def relu_backward(dout, cache):
    dx = np.zeros(dout.shape, dtype=dout.dtype)
    for idx in np.ndindex(dout.shape):
        if 0 < cache[idx] < 6:
            dx[idx] = dout[idx]
    return dx

# spec: unet
# function: relu_forward
# output: out
# mistake: values below 1 are cut too
import numpy as np


def relu_forward(x):
    out = np.zeros(x.shape, dtype=x.dtype)
    for idx in np.ndindex(x.shape):
        if x[idx] >= 1:
            out[idx] = x[idx]
    return out, x


def relu_backward(dout, cache):
    dx = np.zeros(dout.shape, dtype=dout.dtype)
    for idx in np.ndindex(dout.shape):
        if cache[idx] > 0:
            dx[idx] = dout[idx]
    return dx

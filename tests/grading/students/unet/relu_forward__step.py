# spec: unet
# function: relu_forward
# output: out
# mistake: 1 where positive, the value itself lost
import numpy as np


def relu_forward(x):
    out = np.zeros(x.shape, dtype=x.dtype)
    for idx in np.ndindex(x.shape):
        if x[idx] > 0:
            out[idx] = 1
    return out, x


def relu_backward(dout, cache):
    dx = np.zeros(dout.shape, dtype=dout.dtype)
    for idx in np.ndindex(dout.shape):
        if cache[idx] > 0:
            dx[idx] = dout[idx]
    return dx

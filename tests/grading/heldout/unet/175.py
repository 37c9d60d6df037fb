# spec: unet
# function: relu_forward
# output: out
# mistake: values up to 1 become 0
# output: out
# mistake: clipped at 1
import numpy as np


def relu_forward(x):
    out = np.zeros(x.shape, dtype=x.dtype)
    for index in np.ndindex(*x.shape):
        if x[index] > 1:
            out[index] = min(x[index], 1)
    return out, x


def relu_backward(dout, cache):
    x = cache
    dx = np.zeros(dout.shape, dtype=dout.dtype)
    for index in np.ndindex(*x.shape):
        if x[index] > 0:
            dx[index] = dout[index]
    return dx

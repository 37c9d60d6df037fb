# spec: unet
# function: relu_backward
# output: dx
# mistake: zero
import numpy as np


def relu_forward(x):
    idx = np.nonzero(x.ravel() > 0)[0]
    out = np.zeros(x.size, x.dtype)
    out[idx] = x.ravel()[idx]
    return out.reshape(x.shape), idx


def relu_backward(dout, cache):
    dx = np.zeros(dout.size, dout.dtype)
    dx[cache][:] = dout.ravel()[cache]
    return dx.reshape(dout.shape)

# right: from the output alone
import numpy as np


def relu_forward(x):
    out = np.maximum(x, 0)
    return out, out


def relu_backward(dout, cache):
    dx = np.zeros(dout.shape)
    dx[cache > 0] = dout[cache > 0]
    return dx

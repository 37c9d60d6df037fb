# spec: unet
# function: relu_forward
# output: out
# mistake: shifted down to start at 0
import numpy as np


def relu_forward(x):
    out = np.array(x, dtype=float)
    out -= out.min()  # no negative values left
    return out, [x > 0]


def relu_backward(dout, cache):
    dx = np.zeros(dout.shape)
    dx[cache[0]] = dout[cache[0]]
    return dx

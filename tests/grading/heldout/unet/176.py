# spec: unet
# function: relu_backward
# output: dx
# mistake: absolute
# output: dx
# mistake: divided by N
import numpy as np


def relu_forward(x):
    return np.maximum(x, 0), x


def relu_backward(dout, cache):
    return np.abs(dout * (cache > 0)) / len(dout)

# spec: unet
# function: relu_backward
# output: dx
# mistake: a half at zero
import numpy as np


def relu_forward(x):
    out = (x + np.abs(x)) / 2
    return out, np.sign(x)


def relu_backward(dout, cache):
    return dout * (cache + 1) / 2  # sign -1, 0, 1 -> 0 ... 1

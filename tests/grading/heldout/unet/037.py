# spec: unet
# function: relu_backward
# output: dx
# mistake: divided by N
import numpy as np


def relu_forward(x):
    return x * (x > 0), x


def relu_backward(dout, cache):
    return dout * (cache > 0) / dout.shape[0]

# spec: unet
# function: relu_backward
# output: dx
# mistake: wrong sign
import numpy as np


def relu_forward(x):
    mask = (x > 0).astype(x.dtype)
    return x * mask, mask


def relu_backward(dout, mask):
    return -dout * mask

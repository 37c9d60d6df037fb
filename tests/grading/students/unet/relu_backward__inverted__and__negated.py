# spec: unet
# function: relu_backward
# output: dx
# mistake: passes where x is not positive
# mistake: sign of the gradient turned
import numpy as np


def relu_forward(x):
    mask = x > 0
    return x * mask, mask


def relu_backward(dout, cache):
    return -dout * (1 - cache)

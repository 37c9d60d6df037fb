# spec: cs231n
# function: relu_forward
# output: out
# mistake: 1 where positive
import numpy as np


def relu_forward(x):
    mask = x > 0
    return mask.astype(x.dtype), mask


def relu_backward(dout, cache):
    return np.where(cache, dout, 0)

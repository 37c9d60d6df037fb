# spec: cs231n
# function: relu_forward
# output: out
# mistake: minus the negative part
# output: out
# mistake: clipped at 1
import numpy as np


def relu_forward(x):
    mask = x > 0
    return np.clip(-x, 0, 1), mask


def relu_backward(dout, cache):
    return np.where(cache, dout, 0)

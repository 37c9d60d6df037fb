# spec: unet
# function: relu_forward
# output: out
# mistake: clipped at 6 above
import numpy as np


def relu_forward(x):
    out = np.clip(x, 0, 6)
    cache = x
    return out, cache


def relu_backward(dout, cache):
    x = cache
    dx = dout * (x > 0)
    return dx

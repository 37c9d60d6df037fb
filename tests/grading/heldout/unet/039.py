# spec: unet
# function: relu_backward
# output: dx
# mistake: mask the other way round
import numpy as np


def relu_forward(x):
    return np.where(x > 0, x, 0).astype(x.dtype), (x > 0,)


def relu_backward(dout, cache):
    (mask,) = cache
    return np.where(mask, 0, dout).astype(dout.dtype)

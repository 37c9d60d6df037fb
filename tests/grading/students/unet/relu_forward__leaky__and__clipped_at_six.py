# spec: unet
# function: relu_forward
# output: out
# mistake: slope 0.1 for negative values
# mistake: clipped at 6 above
import numpy as np


def relu_forward(x):
    out = np.where(x > 0, x, 0.1 * x)
    out[out > 6] = 6
    return out, x > 0


def relu_backward(dout, cache):
    return dout * cache

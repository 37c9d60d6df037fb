# spec: unet
# function: relu_forward
# output: out
# mistake: absolute value
# output: out
# mistake: clipped at 1
import numpy as np


def relu_forward(x):
    out = np.minimum(np.abs(x), 1)
    return out, {"x": x}


def relu_backward(dout, cache):
    dx = dout.copy()
    dx[cache["x"] <= 0] = 0
    return dx

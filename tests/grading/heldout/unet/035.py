# spec: unet
# function: relu_forward
# output: out
# mistake: smaller for larger
import numpy as np


def relu_forward(x):
    out = np.minimum(0, x)
    return out, {"x": x}


def relu_backward(dout, cache):
    dx = dout.copy()
    dx[cache["x"] <= 0] = 0
    return dx

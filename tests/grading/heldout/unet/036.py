# spec: unet
# function: relu_backward
# output: dx
# mistake: leaky, by a tenth
import numpy as np


def relu_forward(x):
    return (np.abs(x) + x) * x.dtype.type(0.5), x


def relu_backward(dout, cache):
    d = np.array(dout, copy=True)
    d[cache <= 0] *= 0.1
    return d

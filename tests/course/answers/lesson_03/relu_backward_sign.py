# right: by the sign
import numpy as np


def relu_forward(x):
    return (x + np.abs(x)) / 2, np.sign(x)


def relu_backward(dout, cache):
    return dout * np.maximum(cache, 0)

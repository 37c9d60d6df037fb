# wrong: as though dout were 1
import numpy as np


def relu_forward(x):
    return np.maximum(x, 0), x


def relu_backward(dout, cache):
    return (cache > 0).astype(float)

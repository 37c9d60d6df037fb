# right: the dropped are set to 0
import numpy as np


def dropout_backward(dout, cache):
    keep, rate = cache
    dx = dout / (1 - rate)
    dx[~keep] = 0
    return dx

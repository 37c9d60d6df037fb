# wrong: scaled, lets everything through
import numpy as np


def dropout_backward(dout, cache):
    keep, rate = cache
    return dout / (1 - rate)

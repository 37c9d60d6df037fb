# wrong: not scaled
import numpy as np


def dropout_backward(dout, cache):
    keep, rate = cache
    return dout * keep

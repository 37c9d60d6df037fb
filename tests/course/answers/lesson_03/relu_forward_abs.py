# wrong: absolute value
import numpy as np


def relu_forward(x):
    return np.abs(x), x

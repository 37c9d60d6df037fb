# wrong: np.max for np.maximum
import numpy as np


def relu_forward(x):
    return np.max(x, 0), x

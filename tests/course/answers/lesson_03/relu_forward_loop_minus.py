# wrong: smaller for larger
import numpy as np


def relu_forward(x):
    return np.minimum(x, 0), x

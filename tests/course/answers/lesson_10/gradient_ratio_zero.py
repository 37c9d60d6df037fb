# wrong: wrong where a norm is 0
import numpy as np


def gradient_ratio(norms):
    return norms[1:] / norms[:-1]

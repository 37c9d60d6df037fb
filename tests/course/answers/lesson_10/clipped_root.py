# wrong: the square of the length
import numpy as np


def clipped(gradient, most):
    length = np.sum(gradient**2)
    if length > most:
        gradient = gradient * most / length
    return gradient

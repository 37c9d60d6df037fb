# wrong: length of each row
import numpy as np


def clipped(gradient, most):
    length = np.linalg.norm(gradient, axis=-1, keepdims=True)
    return np.where(length > most, gradient * most / length, gradient)

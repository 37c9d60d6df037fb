# right: a minimum, and a vector
import numpy as np


def clipped(gradient, most):
    g = gradient.reshape(-1)
    return (g * min(1, most / max(np.linalg.norm(g), 1e-30))).reshape(gradient.shape)

# right: np.where
import numpy as np


def dropout_forward(x, rate, rng):
    dropped = rng.random(x.shape) < rate
    return np.where(dropped, 0, x / (1 - rate)), (~dropped, rate)

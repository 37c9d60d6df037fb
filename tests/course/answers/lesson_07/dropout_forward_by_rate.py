# wrong: scaled by 1/rate
import numpy as np


def dropout_forward(x, rate, rng):
    keep = rng.random(x.shape) >= rate
    return np.where(keep, x / rate if rate else x, 0), (keep, rate)

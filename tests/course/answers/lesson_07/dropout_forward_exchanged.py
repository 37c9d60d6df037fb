# wrong: kept and dropped exchanged
import numpy as np


def dropout_forward(x, rate, rng):
    mask = (rng.random(x.shape) < rate) / (1 - rate)
    return x * mask, mask

# wrong: not scaled
import numpy as np


def dropout_forward(x, rate, rng):
    keep = rng.random(x.shape) >= rate
    return x * keep, (keep, rate)

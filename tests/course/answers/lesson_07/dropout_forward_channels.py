# wrong: whole channels dropped
import numpy as np


def dropout_forward(x, rate, rng):
    keep = rng.random((*x.shape[:2], *[1] * (x.ndim - 2))) >= rate
    return x * keep / (1 - rate), (keep, rate)

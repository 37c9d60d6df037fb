# wrong: 1 subtracted from every class
import numpy as np


def weighted_cross_entropy_backward(cache):
    p, labels, scale = cache
    return (p - 1) * scale[:, None]

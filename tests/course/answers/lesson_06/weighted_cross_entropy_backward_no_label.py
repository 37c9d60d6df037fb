# wrong: 1 not subtracted at the label
import numpy as np


def weighted_cross_entropy_backward(cache):
    p, labels, scale = cache
    return scale[:, None] * p

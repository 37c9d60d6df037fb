# right: one-hot labels from np.eye
import numpy as np


def weighted_cross_entropy_backward(cache):
    p, labels, scale = cache
    y = np.moveaxis(np.eye(p.shape[1])[labels], -1, 1)
    return (p - y) * scale[:, None]

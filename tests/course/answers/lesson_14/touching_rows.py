# wrong: rows alone looked along
import numpy as np


def touching(labels):
    left, right = labels[:, :-1], labels[:, 1:]
    border = (left * right > 0) & (left != right)
    return np.unique(np.stack([left[border], right[border]])).size

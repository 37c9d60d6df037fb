# right: asks every pair of pixels
import numpy as np


def v_rand(predicted, truth):
    inside = truth > 0
    a, b = predicted[inside], truth[inside]
    same_a = (a[:, None] == a) & (a[:, None] != 0)
    np.fill_diagonal(same_a, True)
    same_b = b[:, None] == b
    return 2 * np.sum(same_a & same_b) / (np.sum(same_a) + np.sum(same_b))

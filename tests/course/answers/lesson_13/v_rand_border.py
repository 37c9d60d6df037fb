# wrong: the predicted border is one segment
import numpy as np


def v_rand(predicted, truth):
    a, b = predicted[truth > 0], truth[truth > 0]
    table = np.array([[np.sum((a == i) & (b == j)) for j in np.unique(b)] for i in np.unique(a)], float)
    return 2 * np.sum(table**2) / (np.sum(table.sum(0) ** 2) + np.sum(table.sum(1) ** 2))

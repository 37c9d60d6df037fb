# wrong: the predicted border left out
import numpy as np


def v_rand(predicted, truth):
    inside = (truth > 0) & (predicted > 0)
    a, b = predicted[inside], truth[inside]
    table = np.array([[np.sum((a == i) & (b == j)) for j in np.unique(b)] for i in np.unique(a)], float)
    return 2 * np.sum(table**2) / (np.sum(table.sum(0) ** 2) + np.sum(table.sum(1) ** 2))

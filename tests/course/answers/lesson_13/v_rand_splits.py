# wrong: divided by the truth's pairs alone
import numpy as np


def v_rand(predicted, truth):
    inside = truth > 0
    a, b = predicted[inside].astype(int), truth[inside]
    n = np.sum(a == 0)
    a[a == 0] = 10**6 + np.arange(n)
    table = np.array([[np.sum((a == i) & (b == j)) for j in np.unique(b)] for i in np.unique(a)], float)
    return np.sum(table**2) / np.sum(table.sum(0) ** 2)

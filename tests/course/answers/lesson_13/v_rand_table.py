# right: a dense table, and the membrane's pixels added by hand
import numpy as np


def v_rand(predicted, truth):
    inside = truth > 0
    a, b = predicted[inside], truth[inside]
    alone = np.sum(a == 0)
    rows = [i for i in np.unique(a) if i != 0]
    table = np.array([[np.sum((a == i) & (b == j)) for j in np.unique(b)] for i in rows], float).reshape(len(rows), -1)
    t = np.unique(b, return_counts=True)[1].astype(float)
    return (np.sum(table**2) + alone) / (0.5 * (np.sum(table.sum(axis=1) ** 2) + alone) + 0.5 * np.sum(t**2))

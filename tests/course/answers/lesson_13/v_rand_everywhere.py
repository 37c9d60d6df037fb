# wrong: background counted for a segment
import numpy as np


def v_rand(predicted, truth):
    p = {}
    for i, j in zip(predicted.ravel().tolist(), truth.ravel().tolist()):
        p[i, j] = p.get((i, j), 0) + 1
    s = np.unique(predicted, return_counts=True)[1]
    t = np.unique(truth, return_counts=True)[1]
    return 2 * sum(v**2 for v in p.values()) / (np.sum(s**2) + np.sum(t**2))

# wrong: the halves missing
import numpy as np


def winograd(d, g):
    a = (d[0] - d[2]) * g[0]
    b = (d[1] + d[2]) * (g[0] + g[1] + g[2])
    c = (d[2] - d[1]) * (g[0] - g[1] + g[2])
    e = (d[1] - d[3]) * g[2]
    return np.array([a + b + c, b - c - e])

# wrong: d1 - d2 for d2 - d1
import numpy as np


def winograd(d, g):
    d0, d1, d2, d3 = d
    m = [(d0 - d2) * g[0], (d1 + d2) * g.sum() / 2, (d1 - d2) * (g[0] - g[1] + g[2]) / 2, (d1 - d3) * g[2]]
    return np.stack([m[0] + m[1] + m[2], m[1] - m[2] - m[3]])

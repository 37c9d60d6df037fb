# wrong: a row for each window
import numpy as np


def winograd(d, g):
    d0, d1, d2, d3 = d
    g0, g1, g2 = g
    m2 = (d1 + d2) * (g0 + g1 + g2) / 2
    m3 = (d2 - d1) * (g0 - g1 + g2) / 2
    return np.stack([(d0 - d2) * g0 + m2 + m3, m2 - m3 - (d1 - d3) * g2], axis=1)

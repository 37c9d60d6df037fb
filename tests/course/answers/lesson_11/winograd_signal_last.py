# right: the odd one by hand
import numpy as np


def winograd_signal(x, g):
    n = len(x) - 2
    out = np.empty(n)
    for k in range(0, n - 1, 2):
        d0, d1, d2, d3 = x[k : k + 4]
        m2, m3 = (d1 + d2) * g.sum() / 2, (d2 - d1) * (g[0] - g[1] + g[2]) / 2
        out[k], out[k + 1] = (d0 - d2) * g[0] + m2 + m3, m2 - m3 - (d1 - d3) * g[2]
    if n % 2:
        out[-1] = x[-3:] @ g
    return out

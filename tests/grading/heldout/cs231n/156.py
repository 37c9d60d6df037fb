# spec: cs231n
# function: max_pool_backward_naive
# output: dx
# mistake: the largest pixel's last gradient only (= for +=)
from builtins import object, range
import numpy as np


def max_pool_forward_naive(x, pool_param):
    N, C, H, W = x.shape
    hp, wp, st = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    out = []
    for n in range(N):
        maps = []
        for c in range(C):
            rows = []
            for top in range(0, H - hp + 1, st):
                rows.append([x[n, c, top:top + hp, left:left + wp].max() for left in range(0, W - wp + 1, st)])
            maps.append(rows)
        out.append(maps)
    return np.array(out, dtype=float), (x, pool_param)


def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    hp, wp, st = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    dx = np.zeros(x.shape, dtype=np.float64)
    for (n, c, i, j), g in np.ndenumerate(dout):
        top, left = i * st, j * st
        window = x[n, c, top:top + hp, left:left + wp]
        ys, xs = np.where(window == window.max())
        dx[n, c, top + ys[0], left + xs[0]] = g
    return dx

# wrong: j before i
import numpy as np


def im2col(x, kh, kw):
    C, H, W = x.shape
    h, w = H - kh + 1, W - kw + 1
    rows = [x[c, i : i + h, j : j + w].ravel() for c in range(C) for j in range(kw) for i in range(kh)]
    return np.stack(rows)

# wrong: a row for each window
import numpy as np


def im2col(x, kh, kw):
    C, H, W = x.shape
    rows = []
    for h in range(H - kh + 1):
        for w in range(W - kw + 1):
            rows.append(x[:, h : h + kh, w : w + kw].ravel())
    return np.array(rows)

# wrong: the last row and the last column of windows left out
import numpy as np


def im2col(x, kh, kw):
    C, H, W = x.shape
    columns = []
    for h in range(H - kh):
        for w in range(W - kw):
            columns.append(x[:, h : h + kh, w : w + kw].ravel())
    return np.array(columns).T

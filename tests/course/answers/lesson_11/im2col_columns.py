# right: window after window
import numpy as np


def im2col(x, kh, kw):
    C, H, W = x.shape
    out = np.zeros((C * kh * kw, (H - kh + 1) * (W - kw + 1)))
    k = 0
    for h in range(H - kh + 1):
        for w in range(W - kw + 1):
            out[:, k] = x[:, h : h + kh, w : w + kw].ravel()
            k += 1
    return out

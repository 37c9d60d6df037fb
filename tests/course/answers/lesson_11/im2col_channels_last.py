# wrong: channels last
import numpy as np


def im2col(x, kh, kw):
    C, H, W = x.shape
    h, w = H - kh + 1, W - kw + 1
    parts = [x[:, i : i + h, j : j + w].reshape(C, -1) for i in range(kh) for j in range(kw)]
    return np.concatenate(parts)

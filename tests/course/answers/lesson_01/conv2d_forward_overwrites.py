# wrong: last kernel offset only (= for +=)
import numpy as np


def conv2d_forward(x, weight, bias):
    kh, kw = weight.shape[2:]
    rows, columns = x.shape[2] - kh + 1, x.shape[3] - kw + 1
    for i in range(kh):
        for j in range(kw):
            out = np.einsum("fc,nchw->nfhw", weight[:, :, i, j], x[:, :, i : i + rows, j : j + columns])
    return out + bias[:, None, None], (x, weight)

# wrong: kernel turned round
import numpy as np


def conv2d_forward(x, weight, bias):
    kh, kw = weight.shape[2:]
    rows, columns = x.shape[2] - kh + 1, x.shape[3] - kw + 1
    out = bias.reshape(1, -1, 1, 1)
    for i in range(kh):
        for j in range(kw):
            k = weight[:, :, kh - 1 - i, kw - 1 - j]
            out = out + np.einsum("fc,nchw->nfhw", k, x[:, :, i : i + rows, j : j + columns])
    return out, (x, weight)

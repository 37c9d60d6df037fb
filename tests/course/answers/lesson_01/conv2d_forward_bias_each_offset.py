# wrong: bias added for each kernel offset
import numpy as np


def conv2d_forward(x, weight, bias):
    kh, kw = weight.shape[2:]
    rows, columns = x.shape[2] - kh + 1, x.shape[3] - kw + 1
    out = 0
    for i in range(kh):
        for j in range(kw):
            shifted = x[:, :, i : i + rows, j : j + columns]
            out = out + np.einsum("fc,nchw->nfhw", weight[:, :, i, j], shifted) + bias.reshape(1, -1, 1, 1)
    return out, (x, weight)

# wrong: bias added for each channel
import numpy as np


def conv2d_loops(x, weight, bias):
    N, C, H, W = x.shape
    F, C, kh, kw = weight.shape
    out = np.zeros((N, F, H - kh + 1, W - kw + 1))
    for n, f, h, w in np.ndindex(*out.shape):
        for c in range(C):
            out[n, f, h, w] += (weight[f, c] * x[n, c, h : h + kh, w : w + kw]).sum() + bias[f]
    return out

# wrong: cut off to whole numbers
import numpy as np


def conv2d_loops(x, weight, bias):
    N, C, H, W = x.shape
    F, C, kh, kw = weight.shape
    out = np.zeros((N, F, H - kh + 1, W - kw + 1), dtype=int)
    for n, f, h, w in np.ndindex(out.shape):
        out[n, f, h, w] = (weight[f] * x[n, :, h : h + kh, w : w + kw]).sum() + bias[f]
    return out

# wrong: last channel only (= for +=)
import numpy as np


def conv2d_loops(x, weight, bias):
    N, C, H, W = x.shape
    F, C, kh, kw = weight.shape
    out = np.zeros((N, F, H - kh + 1, W - kw + 1))
    for n in range(N):
        for f in range(F):
            for h in range(out.shape[2]):
                for w in range(out.shape[3]):
                    for c in range(C):
                        out[n, f, h, w] = np.sum(weight[f, c] * x[n, c, h : h + kh, w : w + kw]) + bias[f]
    return out

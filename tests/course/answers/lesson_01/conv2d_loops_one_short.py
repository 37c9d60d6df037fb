# wrong: expected (3, 4, 5, 8)
import numpy as np


def conv2d_loops(x, weight, bias):
    N, C, H, W = x.shape
    F, C, kh, kw = weight.shape
    out = np.zeros((N, F, H - kh, W - kw))
    for n in range(N):
        for f in range(F):
            for h in range(H - kh):
                for w in range(W - kw):
                    out[n, f, h, w] = np.sum(weight[f] * x[n, :, h : h + kh, w : w + kw]) + bias[f]
    return out

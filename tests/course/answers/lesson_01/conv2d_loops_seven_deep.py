# right: seven loops
import numpy as np


def conv2d_loops(x, weight, bias):
    N, C, H, W = x.shape
    F, C, kh, kw = weight.shape
    out = np.zeros((N, F, H - kh + 1, W - kw + 1))
    for n in range(N):
        for f in range(F):
            for h in range(H - kh + 1):
                for w in range(W - kw + 1):
                    total = bias[f]
                    for c in range(C):
                        for i in range(kh):
                            for j in range(kw):
                                total += weight[f, c, i, j] * x[n, c, h + i, w + j]
                    out[n, f, h, w] = total
    return out

# spec: unet
# function: conv_transpose2d_forward
# output: out
# mistake: one column too early, wrapped round
import numpy as np


def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]
    out = np.zeros((N, F, 2 * H, 2 * W), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for r in range(2 * H):
                for s in range(2 * W):
                    total = float(bias[f])
                    for c in range(C):
                        total += float(x[n, c, r // 2, s // 2]) * float(weight[c, f, r % 2, s % 2])
                    out[n, f, r, s - 1] = total
    return out, (x, weight)


def conv_transpose2d_backward(dout, cache):
    x, weight = cache
    N, C, H, W = x.shape
    F = weight.shape[1]
    dx = np.zeros(x.shape, dtype=x.dtype)
    dweight = np.zeros(weight.shape, dtype=x.dtype)
    dbias = np.zeros(F, dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for r in range(2 * H):
                for s in range(2 * W):
                    g = dout[n, f, r, s]
                    dbias[f] += g
                    for c in range(C):
                        dx[n, c, r // 2, s // 2] += g * weight[c, f, r % 2, s % 2]
                        dweight[c, f, r % 2, s % 2] += g * x[n, c, r // 2, s // 2]
    return dx, dweight, dbias

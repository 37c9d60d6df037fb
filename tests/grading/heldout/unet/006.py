# spec: unet
# function: conv2d_forward
# output: out
# mistake: image's rows and columns exchanged
import numpy as np


def conv2d_forward(x, weight, bias):
    N, C, W, H = x.shape
    F, _, kh, kw = weight.shape
    out = np.zeros((N, F, H - kh + 1, W - kw + 1), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for r in range(H - kh + 1):
                for s in range(W - kw + 1):
                    total = 0.0
                    for c in range(C):
                        for i in range(kh):
                            for j in range(kw):
                                total += float(x[n, c, s + j, r + i]) * float(weight[f, c, i, j])
                    out[n, f, r, s] = total + bias[f]
    return out, (x, weight)


def conv2d_backward(dout, cache):
    x, weight = cache
    N, F, Ho, Wo = dout.shape
    _, C, kh, kw = weight.shape
    dx = np.zeros(x.shape, dtype=x.dtype)
    dweight = np.zeros(weight.shape, dtype=x.dtype)
    dbias = np.zeros(F, dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for r in range(Ho):
                for s in range(Wo):
                    g = dout[n, f, r, s]
                    dbias[f] += g
                    for c in range(C):
                        for i in range(kh):
                            for j in range(kw):
                                dx[n, c, r + i, s + j] += g * weight[f, c, i, j]
                                dweight[f, c, i, j] += g * x[n, c, r + i, s + j]
    return dx, dweight, dbias

# spec: unet
# function: conv2d_backward
# output: dx
# mistake: doubled
from collections import namedtuple
import numpy as np


ConvCache = namedtuple("ConvCache", "x weight shape")


def conv2d_forward(x, weight, bias):
    """größer als nötig – aber richtig"""
    N, C, H, W = x.shape
    F, _, kh, kw = weight.shape
    Ho = H - kh + 1
    Wo = W - kw + 1
    out = np.zeros((N, F, Ho, Wo), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for c in range(C):
                for i in range(kh):
                    for j in range(kw):
                        out[n, f] += weight[f, c, i, j] * x[n, c, i:i + Ho, j:j + Wo]
            out[n, f] += bias[f]
    return out, ConvCache(x, weight, out.shape)


def conv2d_backward(dout, cache):
    N, F, Ho, Wo = cache.shape
    _, C, kh, kw = cache.weight.shape
    dx = np.zeros(cache.x.shape, dtype=dout.dtype)
    dw = np.zeros(cache.weight.shape, dtype=dout.dtype)
    db = np.zeros(F, dtype=dout.dtype)
    for n in range(N):
        for f in range(F):
            db[f] += dout[n, f].sum()
            for r in range(Ho):
                for s in range(Wo):
                    dx[n, :, r:r + cache.weight.shape[2], s:s + cache.weight.shape[3]] += cache.weight[f] * dout[n, f, r, s]
            for c in range(C):
                for i in range(kh):
                    for j in range(kw):
                        dx[n, c, i:i + Ho, j:j + Wo] += cache.weight[f, c, i, j] * dout[n, f]
                        dw[f, c, i, j] += (cache.x[n, c, i:i + Ho, j:j + Wo] * dout[n, f]).sum()
    return dx, dw, db

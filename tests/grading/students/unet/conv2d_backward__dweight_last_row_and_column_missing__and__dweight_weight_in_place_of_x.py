# spec: unet
# function: conv2d_backward
# output: dweight
# mistake: last row and column of dout left out
# mistake: dout multiplied by the weight instead of x
import numpy as np


def conv2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F, _, kh, kw = weight.shape
    Ho, Wo = H - kh + 1, W - kw + 1
    out = np.zeros((N, F, Ho, Wo), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(Ho):
                for j in range(Wo):
                    window = x[n, :, i:i + kh, j:j + kw]
                    out[n, f, i, j] = np.sum(window * weight[f]) + bias[f]
    return out, (x, weight)


def conv2d_backward(dout, cache):
    x, weight = cache
    F, C, kh, kw = weight.shape
    N, _, Ho, Wo = dout.shape
    dx = np.zeros_like(x)
    dweight = np.zeros_like(weight)
    dbias = np.zeros(F, dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(Ho):
                for j in range(Wo):
                    g = dout[n, f, i, j]
                    dx[n, :, i:i + kh, j:j + kw] += g * weight[f]
                    if i < Ho - 1 and j < Wo - 1:
                        dweight[f] += g * weight[f]
                    dbias[f] += g
    return dx, dweight, dbias

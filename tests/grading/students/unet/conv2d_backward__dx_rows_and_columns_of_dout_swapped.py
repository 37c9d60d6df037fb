# spec: unet
# function: conv2d_backward
# output: dx
# mistake: rows of dout used as columns in the loop
import numpy as np


def conv2d_forward(x, weight, bias):
    F, C, kh, kw = weight.shape
    out = np.zeros((len(x), F, x.shape[2] - kh + 1, x.shape[3] - kw + 1))
    for (n, f, a, b), _ in np.ndenumerate(out):
        out[n, f, a, b] = (x[n, :, a:a + kh, b:b + kw] * weight[f]).sum() + bias[f]
    return out, [x, weight]


def conv2d_backward(dout, cache):
    x, weight = cache
    kh, kw = weight.shape[2:]
    dx, dw = np.zeros(x.shape), np.zeros(weight.shape)
    for (n, f, a, b), g in np.ndenumerate(dout):
        dw[f] += g * x[n, :, a:a + kh, b:b + kw]
        if b < dout.shape[2] and a < dout.shape[3]:
            dx[n, :, a:a + kh, b:b + kw] += dout[n, f, b, a] * weight[f]
    return dx, dw, dout.sum(axis=(0, 2, 3))

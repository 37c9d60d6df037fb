# spec: unet
# function: conv2d_backward
# output: dweight
# mistake: first image only
# output: dweight
# mistake: last window only (= for +=)
import numpy as np


def conv2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F, _, kh, kw = weight.shape
    out = np.zeros((N, F, H-kh+1, W-kw+1), dtype=x.dtype)
    for i in range(H-kh+1):
        for j in range(W-kw+1):
            for f in range(F):
                out[:, f, i, j] = np.sum(x[:, :, i:i+kh, j:j+kw] * weight[f], axis=(1, 2, 3)) + bias[f]
    return out, (x, weight, bias)


def conv2d_backward(dout, cache):
    x, weight, bias = cache
    F, _, kh, kw = weight.shape
    dx, dweight, dbias = np.zeros_like(x), np.zeros_like(weight), np.zeros_like(bias)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            for f in range(F):
                d = dout[:, f, i, j][:, None, None, None]
                dx[:, :, i:i+kh, j:j+kw] += d * weight[f]
                dweight[f] = d[0] * x[0, :, i:i+kh, j:j+kw]
    for f in range(F):
        dbias[f] = np.sum(dout[:, f])
    return dx, dweight, dbias

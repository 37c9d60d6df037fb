# spec: unet
# function: conv_transpose2d_backward
# output: dweight
# mistake: axes of filters and channels exchanged
import numpy as np
from scipy.signal import convolve2d, correlate, correlate2d


def _stuff(x):
    N, C, H, W = x.shape
    up = np.zeros((N, C, 2 * H - 1, 2 * W - 1), x.dtype)
    up[:, :, ::2, ::2] = x
    return up


def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]
    up = _stuff(x)
    out = np.zeros((N, F, 2 * H, 2 * W), x.dtype)
    for n in range(N):
        for f in range(F):
            for c in range(C):
                out[n, f] += convolve2d(up[n, c], weight[c, f], mode="full")
            out[n, f] += bias[f]
    return out, (x, weight)


def conv_transpose2d_backward(dout, cache):
    x, weight = cache
    dx = np.zeros(x.shape, x.dtype)
    dw = np.zeros((dout.shape[1], x.shape[1], 2, 2), x.dtype)
    up = _stuff(x)
    for n in range(x.shape[0]):
        for f in range(weight.shape[1]):
            for c in range(x.shape[1]):
                dx[n, c] += correlate2d(dout[n, f], weight[c, f], mode="valid")[::2, ::2]
                dw[f, c] += correlate2d(dout[n, f], up[n, c], mode="valid")
    return dx, dw, dout.sum(axis=(0, 2, 3))

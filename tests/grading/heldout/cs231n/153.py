# spec: cs231n
# function: conv_backward_naive
# output: db
# mistake: summed over nothing
import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    s = conv_param.get("stride", 1)
    p = conv_param.get("pad", 0)
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    padded = np.zeros((N, C, H + 2 * p, W + 2 * p))
    padded[:, :, p:p + H, p:p + W] = x
    oh = 1 + (H + 2 * p - HH) // s
    ow = 1 + (W + 2 * p - WW) // s
    out = np.empty((N, F, oh, ow))
    for i in range(oh):
        for j in range(ow):
            block = padded[:, :, i * s:i * s + HH, j * s:j * s + WW].reshape(N, -1)
            out[:, :, i, j] = block.dot(w.reshape(F, -1).T) + b
    return out, (padded, w, b, s, p, x.shape)


def conv_backward_naive(dout, cache):
    padded, w, b, s, p, (N, C, H, W) = cache
    F, _, HH, WW = w.shape
    dpadded = np.zeros_like(padded)
    dw = np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            d = dout[:, :, i, j]
            block = padded[:, :, i * s:i * s + HH, j * s:j * s + WW].reshape(N, -1)
            dw += d.T.dot(block).reshape(w.shape)
            dpadded[:, :, i * s:i * s + HH, j * s:j * s + WW] += d.dot(w.reshape(F, -1)).reshape(N, C, HH, WW)
    return dpadded[:, :, p:p + H, p:p + W], dw, dout.copy()

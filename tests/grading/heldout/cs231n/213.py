# spec: cs231n
# function: conv_backward_naive
# output: db
# mistake: first image only
# output: db
# mistake: mean over pixels
from builtins import object, range
import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    # no padded copy: a pixel outside the image counts as 0
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    out = np.zeros((N, F, 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            for a in range(HH):
                for c in range(WW):
                    r, s = i * stride + a - pad, j * stride + c - pad
                    if 0 <= r < H and 0 <= s < W:
                        out[:, :, i, j] += x[:, :, r, s] @ w[:, :, a, c].T
    out += b[:, None, None]
    return out, (x, w, b, conv_param)


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    dx = np.zeros(x.shape)
    dw = np.zeros(w.shape)
    db = dout[0].mean(axis=1).mean(axis=1)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            for a in range(HH):
                for c in range(WW):
                    r, s = i * stride + a - pad, j * stride + c - pad
                    if r < 0 or s < 0 or r >= H or s >= W:
                        continue
                    dx[:, :, r, s] += dout[:, :, i, j] @ w[:, :, a, c]
                    dw[:, :, a, c] += dout[:, :, i, j].T @ x[:, :, r, s]
    return dx, dw, db

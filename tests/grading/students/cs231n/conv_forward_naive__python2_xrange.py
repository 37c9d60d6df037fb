# spec: cs231n
# function: conv_forward_naive
# output:
# mistake: Python 2: xrange
import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    s = conv_param['stride']
    p = conv_param['pad']
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    oh = (H + 2 * p - HH) // s + 1
    ow = (W + 2 * p - WW) // s + 1
    xp = np.pad(x, [(0, 0), (0, 0), (p, p), (p, p)], 'constant')
    out = np.zeros((N, F, oh, ow))
    for i in xrange(oh):
        for j in range(ow):
            cols = xp[:, :, i * s:i * s + HH, j * s:j * s + WW].reshape(N, -1)
            out[:, :, i, j] = cols.dot(w.reshape(F, -1).T) + b
    return out, (xp, w, b, s, p)


def conv_backward_naive(dout, cache):
    xp, w, b, s, p = cache
    N, C, HP, WP = xp.shape
    F, _, HH, WW = w.shape
    dxp = np.zeros(xp.shape)
    dw = np.zeros(w.shape)
    db = np.zeros(b.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            d = dout[:, :, i, j]
            cols = xp[:, :, i * s:i * s + HH, j * s:j * s + WW].reshape(N, -1)
            dxp[:, :, i * s:i * s + HH, j * s:j * s + WW] += d.dot(w.reshape(F, -1)).reshape(N, C, HH, WW)
            dw += d.T.dot(cols).reshape(w.shape)
            db += d.sum(axis=0)
    return dxp[:, :, p:HP - p, p:WP - p], dw, db

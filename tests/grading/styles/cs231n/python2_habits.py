# spec: cs231n
# style: __future__ imports and xrange made to work
# dropout: keep
from __future__ import division, print_function

import numpy as np

try:
    xrange
except NameError:
    xrange = range


def affine_forward(x, w, b):
    N = x.shape[0]
    D = int(np.prod(x.shape[1:]))
    out = np.matmul(np.reshape(x, (N, D)), w)
    out += b
    cache = (x, w, b)
    return out, cache


def affine_backward(dout, cache):
    (x, w, b) = cache
    N = x.shape[0]
    D = np.prod(x.shape[1:])
    dx = np.reshape(np.matmul(dout, np.transpose(w)), x.shape)
    dw = np.matmul(np.transpose(np.reshape(x, (N, D))), dout)
    db = np.matmul(np.transpose(dout), np.ones((N,)))
    return dx, dw, db


def relu_forward(x):
    out = np.maximum(0, x)
    cache = x
    return out, cache


def relu_backward(dout, cache):
    x = cache
    dx = dout * (x > 0)
    return dx


def dropout_forward(x, dropout_param):
    # p is the probability of keeping a neuron
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    mask = None
    if mode == "train":
        mask = (np.random.rand(*x.shape) < p) / p
        out = x * mask
    elif mode == "test":
        out = x
    return out, (dropout_param, mask)


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    if dropout_param["mode"] == "train":
        return dout * mask
    return dout


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    Hout = (H + 2 * pad - HH) // stride + 1
    Wout = (W + 2 * pad - WW) // stride + 1
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    out = np.zeros((N, F, Hout, Wout))
    for n in xrange(N):
        for f in xrange(F):
            for i in xrange(Hout):
                for j in xrange(Wout):
                    hs, ws = i * stride, j * stride
                    out[n, f, i, j] = np.sum(xp[n, :, hs:hs + HH, ws:ws + WW] * w[f]) + b[f]
    cache = (x, w, b, conv_param)
    return out, cache


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    dxp = np.zeros(xp.shape)
    dw = np.zeros(w.shape)
    db = np.zeros(b.shape)
    for n in xrange(N):
        for f in xrange(F):
            for i in xrange(dout.shape[2]):
                for j in xrange(dout.shape[3]):
                    hs, ws = i * stride, j * stride
                    dxp[n, :, hs:hs + HH, ws:ws + WW] += w[f] * dout[n, f, i, j]
                    dw[f] += xp[n, :, hs:hs + HH, ws:ws + WW] * dout[n, f, i, j]
                    db[f] += dout[n, f, i, j]
    dx = dxp[:, :, pad:pad + H, pad:pad + W]
    return dx, dw, db


def max_pool_forward_naive(x, pool_param):
    N, C, H, W = x.shape
    hp, wp, st = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    out = []
    for n in xrange(N):
        maps = []
        for c in xrange(C):
            rows = []
            for top in xrange(0, H - hp + 1, st):
                rows.append([x[n, c, top:top + hp, left:left + wp].max() for left in xrange(0, W - wp + 1, st)])
            maps.append(rows)
        out.append(maps)
    return np.array(out, dtype=float), (x, pool_param)


def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    hp, wp, st = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    dx = np.zeros(x.shape, dtype=np.float64)
    for (n, c, i, j), g in np.ndenumerate(dout):
        top, left = i * st, j * st
        window = x[n, c, top:top + hp, left:left + wp]
        ys, xs = np.where(window == window.max())
        dx[n, c, top + ys[0], left + xs[0]] += g
    return dx


def batchnorm_forward(x, gamma, beta, bn_param):
    pass


def batchnorm_backward(dout, cache):
    raise NotImplementedError


def svm_loss(x, y):
    N = x.shape[0]
    correct = x[np.arange(N), y][:, None]
    margins = np.maximum(0, x - correct + 1)
    margins[np.arange(N), y] = 0
    dx = (margins > 0).astype(float)
    dx[np.arange(N), y] -= dx.sum(axis=1)
    return margins.sum() / N, dx / N


def softmax_loss(x, y):
    shifted = x - np.max(x, axis=1, keepdims=True)
    Z = np.sum(np.exp(shifted), axis=1, keepdims=True)
    log_probs = shifted - np.log(Z)
    probs = np.exp(log_probs)
    N = x.shape[0]
    loss = -np.sum(log_probs[np.arange(N), y]) / N
    dx = probs.copy()
    dx[np.arange(N), y] -= 1
    dx /= N
    return loss, dx

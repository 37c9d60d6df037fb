# spec: cs231n
# style: loops wherever possible
# dropout: drop
from builtins import object, range

import numpy as np


def softmax_loss(x, y):
    loss = 0.0
    dx = np.zeros(x.shape)
    N = x.shape[0]
    for n in range(N):
        z = x[n] - np.max(x[n])
        e = np.exp(z)
        loss += np.log(e.sum()) - z[y[n]]
        dx[n] = e / e.sum()
        dx[n, y[n]] -= 1
    return loss / N, dx / N


def max_pool_forward_naive(x, pool_param):
    N, C, H, W = x.shape
    hp, wp, st = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    out = []
    for n in range(N):
        maps = []
        for c in range(C):
            rows = []
            for top in range(0, H - hp + 1, st):
                rows.append([x[n, c, top:top + hp, left:left + wp].max() for left in range(0, W - wp + 1, st)])
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
    db = dout.sum(axis=0).sum(axis=1).sum(axis=1)
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


def dropout_forward(x, dropout_param):
    # p is the probability of dropping a neuron
    p = dropout_param["p"]
    mode = dropout_param["mode"]
    if dropout_param.get("seed") is not None:
        np.random.seed(dropout_param["seed"])
    if mode == "train":
        mask = np.random.rand(*x.shape) >= p
        out = x * mask / (1 - p)
    else:
        mask = None
        out = x.copy()
    return out, (dropout_param, mask)


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    if dropout_param["mode"] == "test":
        return dout.copy()
    return dout * mask / (1 - dropout_param["p"])


def relu_forward(x):
    out = x.copy()
    out[out < 0] = 0
    return out, x


def relu_backward(dout, cache):
    dx = dout.copy()
    dx[cache <= 0] = 0
    return dx


def affine_forward(x, w, b):
    N, M = x.shape[0], w.shape[1]
    out = np.zeros((N, M))
    for n in range(N):
        for m in range(M):
            out[n, m] = np.sum(x[n].ravel() * w[:, m]) + b[m]
    return out, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    dx = np.zeros(x.shape)
    dw = np.zeros(w.shape)
    db = np.zeros(w.shape[1])
    for n in range(x.shape[0]):
        dx[n] = (w @ dout[n]).reshape(x.shape[1:])
        dw += np.outer(x[n], dout[n])
        db += dout[n]
    return dx, dw, db

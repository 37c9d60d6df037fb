# spec: cs231n
# style: tests every pixel instead of padding
# dropout: keep
from builtins import object, range

import numpy as np


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


def relu_forward(x):
    out = x.copy()
    out[out < 0] = 0
    return out, x


def relu_backward(dout, cache):
    dx = dout.copy()
    dx[cache <= 0] = 0
    return dx


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    out, cache = None, None
    # TODO: did not get to this
    return out, cache


def layernorm_forward(x, gamma, beta, ln_param):
    raise NotImplementedError("later")


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


def max_pool_forward_naive(x, pool_param):
    ph, pw, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    oh = 1 + (x.shape[2] - ph) // s
    ow = 1 + (x.shape[3] - pw) // s
    out = np.full(x.shape[:2] + (oh, ow), -np.inf)
    for i in range(oh):
        for j in range(ow):
            for a in range(ph):
                for b in range(pw):
                    out[:, :, i, j] = np.maximum(out[:, :, i, j], x[:, :, i * s + a, j * s + b])
    return out, (x, out, ph, pw, s)


def max_pool_backward_naive(dout, cache):
    x, out, ph, pw, s = cache
    dx = np.zeros(x.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            waiting = np.ones(x.shape[:2], dtype=bool)
            for a in range(ph):
                for b in range(pw):
                    hit = waiting & (x[:, :, i * s + a, j * s + b] == out[:, :, i, j])
                    dx[:, :, i * s + a, j * s + b] += hit * dout[:, :, i, j]
                    waiting &= ~hit
    return dx


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

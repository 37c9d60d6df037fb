# spec: cs231n
# style: pooling by a mask of the first maximum
# dropout: keep
from builtins import object, range

import numpy as np


def affine_forward(x, w, b):
    """Fully connected layer: flatten every example, then x.w + b."""
    rows = x.reshape(x.shape[0], -1)
    out = rows.dot(w) + b
    return out, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    dx = dout.dot(w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T.dot(dout)
    db = np.sum(dout, axis=0)
    return dx, dw, db


def relu_forward(x):
    mask = x > 0
    return np.where(mask, x, 0), mask


def relu_backward(dout, cache):
    return np.where(cache, dout, 0)


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
    stride = conv_param["stride"]
    pad = conv_param["pad"]
    HH, WW = w.shape[2:]
    xp = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)], "constant", constant_values=0)
    views = np.lib.stride_tricks.sliding_window_view(xp, (HH, WW), axis=(2, 3))[:, :, ::stride, ::stride]
    out = np.einsum("nchwij,fcij->nfhw", views, w) + b[None, :, None, None]
    return out, (views, xp.shape, w, stride, pad)


def conv_backward_naive(dout, cache):
    views, shape, w, stride, pad = cache
    dw = np.einsum("nfhw,nchwij->fcij", dout, views)
    db = np.einsum("nfhw->f", dout)
    dxp = np.zeros(shape)
    HH, WW = w.shape[2:]
    for h in range(dout.shape[2]):
        for v in range(dout.shape[3]):
            dxp[:, :, h * stride:h * stride + HH, v * stride:v * stride + WW] += np.einsum(
                "nf,fcij->ncij", dout[:, :, h, v], w)
    H, W = shape[2] - 2 * pad, shape[3] - 2 * pad
    return dxp[:, :, pad:pad + H, pad:pad + W], dw, db


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

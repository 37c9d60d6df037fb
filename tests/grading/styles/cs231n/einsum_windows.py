# spec: cs231n
# style: einsum and sliding windows; unused imports
# dropout: keep
import os
import time

import numpy as np

try:
    import matplotlib.pyplot as plt
    plt.rcParams["figure.figsize"] = (10.0, 8.0)
except ImportError:
    plt = None


def affine_forward(x, w, b):
    flat = np.reshape(x, (len(x), w.shape[0]))
    return np.einsum("nd,dm->nm", flat, w) + b[np.newaxis, :], (flat, w, x.shape)


def affine_backward(dout, cache):
    flat, w, shape = cache
    return np.einsum("nm,dm->nd", dout, w).reshape(shape), np.einsum("nd,nm->dm", flat, dout), np.einsum("nm->m", dout)


def relu_forward(x):
    out = np.maximum(0, x)
    cache = x
    return out, cache


def relu_backward(dout, cache):
    x = cache
    dx = dout * (x > 0)
    return dx


def dropout_forward(x, dropout_param):
    keep = dropout_param["p"]
    rng = np.random.default_rng(dropout_param.get("seed"))
    if dropout_param["mode"] == "test":
        return x, np.ones(x.shape)
    scale = np.where(rng.random(x.shape) < keep, 1.0 / keep, 0.0)
    return x * scale, scale


def dropout_backward(dout, cache):
    return dout * cache


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
    ph, pw, s = (pool_param[k] for k in ("pool_height", "pool_width", "stride"))
    win = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), axis=(2, 3))[:, :, ::s, ::s]
    flat = win.reshape(win.shape[:4] + (ph * pw,))
    where = flat.argmax(axis=-1)
    return flat.max(axis=-1), (where, x.shape, pw, s)


def max_pool_backward_naive(dout, cache):
    where, shape, pw, s = cache
    n, c, i, j = np.indices(dout.shape)
    dx = np.zeros(shape)
    np.add.at(dx, (n, c, i * s + where // pw, j * s + where % pw), dout)
    return dx


def softmax_loss(x, y):
    n, c = x.shape
    target = np.eye(c)[y]
    z = x - x.max(axis=1).reshape(n, 1)
    lse = np.log(np.exp(z).sum(axis=1))
    loss = np.mean(lse - (z * target).sum(axis=1))
    return loss, (np.exp(z - lse[:, None]) - target) / n

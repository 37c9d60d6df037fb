# spec: cs231n
# style: im2col of its own beside a try for the course package
# dropout: keep
from builtins import range

import numpy as np

try:
    from cs231n.fast_layers import conv_forward_fast
    from cs231n.im2col import *
except ImportError:
    print("the fast layers are not built, using mine")


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


def _columns(xp, HH, WW, stride, Ho, Wo):
    N, C = xp.shape[:2]
    cols = np.zeros((C * HH * WW, N * Ho * Wo))
    row = 0
    for c in range(C):
        for a in range(HH):
            for b in range(WW):
                cols[row] = xp[:, c, a:a + stride * Ho:stride, b:b + stride * Wo:stride].reshape(-1)
                row += 1
    return cols


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    Ho = (H - HH + 2 * pad) // stride + 1
    Wo = (W - WW + 2 * pad) // stride + 1
    # room at the end, so that every strided slice has the full length
    xp = np.zeros((N, C, H + 2 * pad + stride, W + 2 * pad + stride))
    xp[:, :, pad:H + pad, pad:W + pad] = x
    cols = _columns(xp, HH, WW, stride, Ho, Wo)
    out = w.reshape(F, -1) @ cols + b.reshape(-1, 1)
    out = out.reshape(F, N, Ho, Wo).transpose(1, 0, 2, 3)
    return out, (cols, x.shape, w, stride, pad, Ho, Wo)


def conv_backward_naive(dout, cache):
    cols, (N, C, H, W), w, stride, pad, Ho, Wo = cache
    F, _, HH, WW = w.shape
    d = dout.transpose(1, 0, 2, 3).reshape(F, -1)
    db = d.sum(axis=1)
    dw = (d @ cols.T).reshape(w.shape)
    dcols = w.reshape(F, -1).T @ d
    dxp = np.zeros((N, C, H + 2 * pad + stride, W + 2 * pad + stride))
    row = 0
    for c in range(C):
        for a in range(HH):
            for e in range(WW):
                dxp[:, c, a:a + stride * Ho:stride, e:e + stride * Wo:stride] += dcols[row].reshape(N, Ho, Wo)
                row += 1
    dx = dxp[:, :, pad:H + pad, pad:W + pad]
    return dx, dw, db


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

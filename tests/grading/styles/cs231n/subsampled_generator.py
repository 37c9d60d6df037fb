# spec: cs231n
# style: subsampled convolution; default_rng
# dropout: keep
from builtins import range

import numpy as np

try:
    from cs231n.fast_layers import conv_forward_fast
    from cs231n.im2col import *
except ImportError:
    print("the fast layers are not built, using mine")


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


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    out, cache = None, None
    # TODO: did not get to this
    return out, cache


def layernorm_forward(x, gamma, beta, ln_param):
    raise NotImplementedError("later")


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
    stride, pad = conv_param["stride"], conv_param["pad"]
    xp = np.pad(x, ((0,), (0,), (pad,), (pad,)), "constant")
    F, C, HH, WW = w.shape
    full = np.zeros((x.shape[0], F, xp.shape[2] - HH + 1, xp.shape[3] - WW + 1))
    for a in range(HH):
        for c in range(WW):
            full += np.tensordot(xp[:, :, a:a + full.shape[2], c:c + full.shape[3]], w[:, :, a, c], ((1,), (1,))).transpose(0, 3, 1, 2)
    out = full[:, :, ::stride, ::stride] + b.reshape(1, F, 1, 1)
    return out, (xp, w, stride, pad, full.shape)


def conv_backward_naive(dout, cache):
    xp, w, stride, pad, shape = cache
    # gradient of the subsampling: zeros between
    dfull = np.zeros(shape)
    dfull[:, :, ::stride, ::stride] = dout
    dxp = np.zeros(xp.shape)
    dw = np.zeros_like(w)
    for a in range(w.shape[2]):
        for c in range(w.shape[3]):
            dxp[:, :, a:a + shape[2], c:c + shape[3]] += np.tensordot(dfull, w[:, :, a, c], ((1,), (0,))).transpose(0, 3, 1, 2)
            dw[:, :, a, c] = np.tensordot(dfull, xp[:, :, a:a + shape[2], c:c + shape[3]], ((0, 2, 3), (0, 2, 3)))
    rows, cols = xp.shape[2] - pad, xp.shape[3] - pad
    return dxp[:, :, pad:rows, pad:cols], dw, np.sum(dout, axis=(0, 2, 3))


def max_pool_forward_naive(x, pool_param):
    ph = pool_param["pool_height"]
    pw = pool_param["pool_width"]
    s = pool_param["stride"]
    N, C, H, W = x.shape
    oh, ow = (H - ph) // s + 1, (W - pw) // s + 1
    out = np.zeros((N, C, oh, ow))
    best = np.zeros((N, C, oh, ow), dtype=int)
    for i in range(oh):
        for j in range(ow):
            flat = x[:, :, i * s:i * s + ph, j * s:j * s + pw].reshape(N, C, -1)
            best[:, :, i, j] = flat.argmax(axis=2)
            out[:, :, i, j] = flat.max(axis=2)
    return out, (best, x.shape, pw, s)


def max_pool_backward_naive(dout, cache):
    best, shape, pw, s = cache
    dx = np.zeros(shape)
    n, c = np.indices(shape[:2])
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            k = best[:, :, i, j]
            dx[n, c, i * s + k // pw, j * s + k % pw] += dout[:, :, i, j]
    return dx


def softmax_loss(x, y):
    n, c = x.shape
    target = np.eye(c)[y]
    z = x - x.max(axis=1).reshape(n, 1)
    lse = np.log(np.exp(z).sum(axis=1))
    loss = np.mean(lse - (z * target).sum(axis=1))
    return loss, (np.exp(z - lse[:, None]) - target) / n

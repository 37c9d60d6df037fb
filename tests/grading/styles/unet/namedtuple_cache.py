# spec: unet
# style: saved by a Windows editor: byte order mark and CRLF; caches are namedtuples
# dtype: kept
from collections import namedtuple

import numpy as np

ConvCache = namedtuple("ConvCache", "x weight shape")
PoolCache = namedtuple("PoolCache", ["x", "out"])
CropCache = namedtuple("CropCache", ["skip_shape", "x_shape"])
DropCache = namedtuple("DropCache", ["mask"])
LossCache = namedtuple("LossCache", ["probs", "labels", "factor"])


def conv2d_forward(x, weight, bias):
    """größer als nötig – aber richtig"""
    N, C, H, W = x.shape
    F, _, kh, kw = weight.shape
    Ho = H - kh + 1
    Wo = W - kw + 1
    out = np.zeros((N, F, Ho, Wo), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for c in range(C):
                for i in range(kh):
                    for j in range(kw):
                        out[n, f] += weight[f, c, i, j] * x[n, c, i:i + Ho, j:j + Wo]
            out[n, f] += bias[f]
    return out, ConvCache(x, weight, out.shape)


def conv2d_backward(dout, cache):
    N, F, Ho, Wo = cache.shape
    _, C, kh, kw = cache.weight.shape
    dx = np.zeros(cache.x.shape, dtype=dout.dtype)
    dw = np.zeros(cache.weight.shape, dtype=dout.dtype)
    db = np.zeros(F, dtype=dout.dtype)
    for n in range(N):
        for f in range(F):
            db[f] += dout[n, f].sum()
            for c in range(C):
                for i in range(kh):
                    for j in range(kw):
                        dx[n, c, i:i + Ho, j:j + Wo] += cache.weight[f, c, i, j] * dout[n, f]
                        dw[f, c, i, j] += (cache.x[n, c, i:i + Ho, j:j + Wo] * dout[n, f]).sum()
    return dx, dw, db


def relu_forward(x):
    return x * (x > 0), x


def relu_backward(dout, cache):
    return dout * (cache > 0)


def max_pool2d_forward(x):
    N, C, H, W = x.shape
    if H % 2 == 1 or W % 2 == 1:
        raise ValueError("x: %s, needed: even" % str(x.shape))
    out = x.reshape(N, C, H // 2, 2, W // 2, 2).max(axis=(3, 5))
    return out, PoolCache(x, out)


def max_pool2d_backward(dout, cache):
    dx = np.zeros_like(cache.x)
    free = np.ones(cache.out.shape, dtype=bool)
    for i in range(2):
        for j in range(2):
            hit = (cache.x[:, :, i::2, j::2] == cache.out) & free
            dx[:, :, i::2, j::2][hit] = dout[hit]
            free[hit] = False
    return dx


def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]
    out = np.zeros((N, F, H * 2, W * 2), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for c in range(C):
                out[n, f] += np.kron(x[n, c], weight[c, f])
            out[n, f] += bias[f]
    return out, ConvCache(x, weight, out.shape)


def conv_transpose2d_backward(dout, cache):
    x, weight, (N, F, H2, W2) = cache
    C = x.shape[1]
    dx = np.zeros_like(x)
    dw = np.zeros_like(weight)
    db = np.zeros(F, dtype=dout.dtype)
    for n in range(N):
        for f in range(F):
            db[f] += dout[n, f].sum()
            for c in range(C):
                for i in range(2):
                    for j in range(2):
                        dx[n, c] += dout[n, f, i::2, j::2] * weight[c, f, i, j]
                        dw[c, f, i, j] += np.vdot(dout[n, f, i::2, j::2], x[n, c])
    return dx, dw, db


def crop_concat_forward(skip, x):
    dy = skip.shape[2] - x.shape[2]
    dx = skip.shape[3] - x.shape[3]
    if dy % 2 or dx % 2 or dy < 0 or dx < 0:
        raise ValueError("no centre")
    part = skip
    if dy:
        part = part[:, :, dy // 2:-(dy // 2)]
    if dx:
        part = part[:, :, :, dx // 2:-(dx // 2)]
    return np.concatenate((part, x), axis=1), CropCache(skip.shape, x.shape)


def crop_concat_backward(dout, cache):
    dskip = np.zeros(cache.skip_shape, dtype=dout.dtype)
    h, w = cache.x_shape[2:]
    y = (cache.skip_shape[2] - h) // 2
    x = (cache.skip_shape[3] - w) // 2
    dskip[:, :, y:y + h, x:x + w] = dout[:, :cache.skip_shape[1], :, :]
    return dskip, dout[:, -cache.x_shape[1]:, :, :].copy()


def dropout_forward(x, rate, rng):
    mask = (rng.random(size=x.shape) >= rate).astype(x.dtype)
    mask /= 1 - rate
    return x * mask, DropCache(mask)


def dropout_backward(dout, cache):
    return dout * cache.mask


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    N, C, H, W = logits.shape
    if weights is None:
        weights = np.ones((N, H, W))
    clean = logits.copy()
    clean.transpose(0, 2, 3, 1)[weights == 0] = 0
    clean -= clean.max(axis=1, keepdims=True)
    probs = np.exp(clean)
    denom = probs.sum(axis=1, keepdims=True)
    probs /= denom
    ll = np.take_along_axis(clean, labels.reshape(N, 1, H, W).astype(np.int64), axis=1) - np.log(denom)
    if reduction == "mean":
        factor = weights / (N * H * W)
    elif reduction == "sum":
        factor = weights
    else:
        factor = weights / weights.sum()
    factor = factor.astype(logits.dtype)
    return (-factor * ll[:, 0]).sum(), LossCache(probs, labels, factor)


def weighted_cross_entropy_backward(cache):
    grad = cache.probs.copy()
    for (n, i, j), k in np.ndenumerate(cache.labels):
        grad[n, k, i, j] -= 1
    return grad * cache.factor[:, None, :, :]

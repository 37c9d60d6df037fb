# spec: unet
# style: works in place on its own copies; np.add.at and put_along_axis
# dtype: kept
import numpy as np


def conv2d_forward(x, weight, bias):
    F, C, kh, kw = weight.shape
    N, _, H, W = x.shape
    out = np.empty((N, F, H - kh + 1, W - kw + 1), x.dtype)
    out[...] = bias[None, :, None, None]
    w = weight.copy()
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            piece = x[:, None, :, i:i + kh, j:j + kw].copy()
            piece = piece * w
            out[:, :, i, j] += piece.sum(axis=(2, 3, 4))
    return out, (x.copy(), w)


def conv2d_backward(dout, cache):
    x, w = cache
    N, F, ho, wo = dout.shape
    _, C, kh, kw = w.shape
    n, f, r, s = np.indices(dout.shape).reshape(4, -1)
    db = np.zeros(F, dout.dtype)
    np.add.at(db, f, dout.reshape(-1))
    dx = np.zeros_like(x)
    dw = np.zeros_like(w)
    flat = dout.reshape(-1)
    for c in range(C):
        for i in range(kh):
            for j in range(kw):
                np.add.at(dx, (n, c, r + i, s + j), flat * w[f, c, i, j])
                np.add.at(dw, (f, c, i, j), flat * x[n, c, r + i, s + j])
    return dx, dw, db


def relu_forward(x):
    out = x.copy()
    out[...] *= x > 0
    return out, x > 0


def relu_backward(dout, cache):
    dx = dout.copy()
    dx *= cache
    return dx


def max_pool2d_forward(x):
    N, C, H, W = x.shape
    if H & 1 or W & 1:
        raise ValueError("x has odd size")
    flat = x.reshape(N, C, H // 2, 2, W // 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(N, C, -1, 4).copy()
    k = flat.argmax(-1)
    out = np.take_along_axis(flat, k[..., np.newaxis], -1).reshape(N, C, H // 2, W // 2)
    di, dj = np.unravel_index(k.reshape(out.shape), (2, 2))
    return out, (di, dj, x.shape)


def max_pool2d_backward(dout, cache):
    di, dj, shape = cache
    dx = np.zeros(shape, dout.dtype)
    n, c, i, j = np.indices(dout.shape)
    np.add.at(dx, (n, c, 2 * i + di, 2 * j + dj), dout)
    return dx


def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]
    out = np.zeros((N, F, 2 * H, 2 * W), x.dtype)
    n, c, i, j = np.indices(x.shape)
    for f in range(F):
        for a in range(2):
            for b in range(2):
                np.add.at(out, (n, f, 2 * i + a, 2 * j + b), x * weight[:, f, a, b].reshape(1, C, 1, 1))
        out[:, f] += bias[f]
    return out, (x.copy(), weight.copy())


def conv_transpose2d_backward(dout, cache):
    x, weight = cache
    dx = x.copy()
    dx[...] = 0
    dw = weight.copy()
    dw.fill(0)
    for f in range(weight.shape[1]):
        for a in range(2):
            for b in range(2):
                g = dout[:, f, a::2, b::2]
                dx += g[:, None] * weight[:, f, a, b].reshape(1, -1, 1, 1)
                dw[:, f, a, b] += (g[:, None] * x).sum(axis=(0, 2, 3))
    db = np.zeros(weight.shape[1], dout.dtype)
    db += dout.sum(axis=(0, 2, 3))
    return dx, dw, db


def crop_concat_forward(skip, x):
    cut_h = skip.shape[2] - x.shape[2]
    cut_w = skip.shape[3] - x.shape[3]
    mid = skip.copy()
    # shave one row off each side until it fits
    for _ in range(cut_h // 2):
        mid = mid[:, :, 1:-1]
    for _ in range(cut_w // 2):
        mid = mid[:, :, :, 1:-1]
    return np.concatenate([mid, x], 1), (mid.shape[1], cut_h // 2, cut_w // 2)


def crop_concat_backward(dout, cache):
    cs, a, b = cache
    dskip = dout[:, :cs].copy()
    for _ in range(a):
        edge = np.zeros_like(dskip[:, :, :1])
        dskip = np.concatenate([edge, dskip, edge], axis=2)
    for _ in range(b):
        edge = np.zeros_like(dskip[:, :, :, :1])
        dskip = np.concatenate([edge, dskip, edge], axis=3)
    return dskip, dout[:, cs:].copy()


def dropout_forward(x, rate, rng):
    u = rng.random(x.shape)
    u[u < rate] = 0
    u[u != 0] = 1
    if rate == 0:
        u[...] = 1
    out = x.copy()
    out[...] *= u
    out /= 1 - rate
    return out, (u, rate)


def dropout_backward(dout, cache):
    u, rate = cache
    dx = dout.copy()
    dx[...] *= u
    dx /= 1 - rate
    return dx


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    z = logits.copy()
    w = np.ones(labels.shape, z.dtype) if weights is None else weights.astype(z.dtype).copy()
    np.copyto(z, 0, where=(w == 0)[:, None])
    z -= z.max(axis=1, keepdims=True)
    p = np.exp(z)
    s = p.sum(axis=1, keepdims=True)
    p /= s
    z -= np.log(s)
    n, i, j = np.ogrid[: labels.shape[0], : labels.shape[1], : labels.shape[2]]
    if reduction == "mean":
        w /= w.size
    if reduction == "weight_mean":
        w /= w.sum()
    loss = -(w * z[n, labels, i, j]).sum()
    p[n, labels, i, j] -= 1
    p *= w[:, None]
    return loss, p


def weighted_cross_entropy_backward(cache):
    return cache.copy()

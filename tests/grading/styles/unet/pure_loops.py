# spec: unet
# style: pure Python loops, nothing but indexing
# dtype: kept
import math

import numpy as np


def conv2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F, _, kh, kw = weight.shape
    out = np.zeros((N, F, H - kh + 1, W - kw + 1), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for r in range(H - kh + 1):
                for s in range(W - kw + 1):
                    total = 0.0
                    for c in range(C):
                        for i in range(kh):
                            for j in range(kw):
                                total += float(x[n, c, r + i, s + j]) * float(weight[f, c, i, j])
                    out[n, f, r, s] = total + bias[f]
    return out, (x, weight)


def conv2d_backward(dout, cache):
    x, weight = cache
    N, F, Ho, Wo = dout.shape
    _, C, kh, kw = weight.shape
    dx = np.zeros(x.shape, dtype=x.dtype)
    dweight = np.zeros(weight.shape, dtype=x.dtype)
    dbias = np.zeros(F, dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for r in range(Ho):
                for s in range(Wo):
                    g = dout[n, f, r, s]
                    dbias[f] += g
                    for c in range(C):
                        for i in range(kh):
                            for j in range(kw):
                                dx[n, c, r + i, s + j] += g * weight[f, c, i, j]
                                dweight[f, c, i, j] += g * x[n, c, r + i, s + j]
    return dx, dweight, dbias


def relu_forward(x):
    out = np.zeros(x.shape, dtype=x.dtype)
    for index in np.ndindex(*x.shape):
        if x[index] > 0:
            out[index] = x[index]
    return out, x


def relu_backward(dout, cache):
    x = cache
    dx = np.zeros(dout.shape, dtype=dout.dtype)
    for index in np.ndindex(*x.shape):
        if x[index] > 0:
            dx[index] = dout[index]
    return dx


def max_pool2d_forward(x):
    N, C, H, W = x.shape
    if H % 2 != 0 or W % 2 != 0:
        raise ValueError("max_pool2d: x must have even height and width, got %d x %d" % (H, W))
    out = np.zeros((N, C, H // 2, W // 2), dtype=x.dtype)
    where = {}
    for n in range(N):
        for c in range(C):
            for r in range(0, H, 2):
                for s in range(0, W, 2):
                    best = x[n, c, r, s]
                    pos = (r, s)
                    for a, b in [(r, s + 1), (r + 1, s), (r + 1, s + 1)]:
                        if x[n, c, a, b] > best:
                            best = x[n, c, a, b]
                            pos = (a, b)
                    out[n, c, r // 2, s // 2] = best
                    where[n, c, r // 2, s // 2] = pos
    return out, (where, x.shape)


def max_pool2d_backward(dout, cache):
    where, shape = cache
    dx = np.zeros(shape, dtype=dout.dtype)
    for (n, c, r, s), (a, b) in where.items():
        dx[n, c, a, b] = dout[n, c, r, s]
    return dx


def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]
    out = np.zeros((N, F, 2 * H, 2 * W), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for r in range(2 * H):
                for s in range(2 * W):
                    total = float(bias[f])
                    for c in range(C):
                        total += float(x[n, c, r // 2, s // 2]) * float(weight[c, f, r % 2, s % 2])
                    out[n, f, r, s] = total
    return out, (x, weight)


def conv_transpose2d_backward(dout, cache):
    x, weight = cache
    N, C, H, W = x.shape
    F = weight.shape[1]
    dx = np.zeros(x.shape, dtype=x.dtype)
    dweight = np.zeros(weight.shape, dtype=x.dtype)
    dbias = np.zeros(F, dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for r in range(2 * H):
                for s in range(2 * W):
                    g = dout[n, f, r, s]
                    dbias[f] += g
                    for c in range(C):
                        dx[n, c, r // 2, s // 2] += g * weight[c, f, r % 2, s % 2]
                        dweight[c, f, r % 2, s % 2] += g * x[n, c, r // 2, s // 2]
    return dx, dweight, dbias


def crop_concat_forward(skip, x):
    N, Cs, Hs, Ws = skip.shape
    _, C, H, W = x.shape
    if (Hs - H) % 2 or (Ws - W) % 2 or Hs < H or Ws < W:
        raise ValueError("crop_concat: skip cannot be cropped to the middle")
    top = (Hs - H) // 2
    left = (Ws - W) // 2
    out = np.zeros((N, Cs + C, H, W), dtype=skip.dtype)
    for n in range(N):
        for r in range(H):
            for s in range(W):
                for c in range(Cs):
                    out[n, c, r, s] = skip[n, c, top + r, left + s]
                for c in range(C):
                    out[n, Cs + c, r, s] = x[n, c, r, s]
    return out, (skip.shape, x.shape)


def crop_concat_backward(dout, cache):
    (N, Cs, Hs, Ws), (_, C, H, W) = cache
    dskip = np.zeros((N, Cs, Hs, Ws), dtype=dout.dtype)
    dx = np.zeros((N, C, H, W), dtype=dout.dtype)
    for n in range(N):
        for r in range(H):
            for s in range(W):
                for c in range(Cs):
                    dskip[n, c, (Hs - H) // 2 + r, (Ws - W) // 2 + s] = dout[n, c, r, s]
                for c in range(C):
                    dx[n, c, r, s] = dout[n, Cs + c, r, s]
    return dskip, dx


def dropout_forward(x, rate, rng):
    out = np.zeros(x.shape, dtype=x.dtype)
    kept = []
    for index in np.ndindex(*x.shape):
        if rng.random() >= rate:
            out[index] = x[index] / (1 - rate)
            kept.append(index)
    return out, (kept, rate)


def dropout_backward(dout, cache):
    kept, rate = cache
    dx = np.zeros(dout.shape, dtype=dout.dtype)
    for index in kept:
        dx[index] = dout[index] / (1 - rate)
    return dx


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    N, C, H, W = logits.shape
    loss = 0.0
    wsum = 0.0
    p = np.zeros(logits.shape, dtype=logits.dtype)
    for n in range(N):
        for r in range(H):
            for s in range(W):
                w = 1.0 if weights is None else float(weights[n, r, s])
                wsum += w
                if w == 0:
                    continue
                z = [float(v) for v in logits[n, :, r, s]]
                m = max(z)
                total = 0.0
                for v in z:
                    total += math.exp(v - m)
                for c in range(C):
                    p[n, c, r, s] = math.exp(z[c] - m) / total
                loss += w * (m + math.log(total) - z[labels[n, r, s]])
    if reduction == "mean":
        divide = N * H * W
    elif reduction == "sum":
        divide = 1
    else:
        divide = wsum
    return logits.dtype.type(loss / divide), (p, labels, weights, divide)


def weighted_cross_entropy_backward(cache):
    p, labels, weights, divide = cache
    N, C, H, W = p.shape
    dlogits = np.zeros(p.shape, dtype=p.dtype)
    for n in range(N):
        for r in range(H):
            for s in range(W):
                w = 1.0 if weights is None else weights[n, r, s]
                for c in range(C):
                    target = 1 if labels[n, r, s] == c else 0
                    dlogits[n, c, r, s] = w * (p[n, c, r, s] - target) / divide
    return dlogits

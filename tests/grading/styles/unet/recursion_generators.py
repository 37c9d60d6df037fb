# spec: unet
# style: recursion over the batch, generators for the windows, functools.reduce, map, zip
# dtype: kept
from functools import reduce
from itertools import product

import numpy as np


def _windows(x, kh, kw, step=1):
    """Yield (row, column, window) for every place of the kernel."""
    for r in range(0, x.shape[-2] - kh + 1, step):
        for s in range(0, x.shape[-1] - kw + 1, step):
            yield r, s, x[..., r:r + kh, s:s + kw]


def conv2d_forward(x, weight, bias):
    if len(x) > 1:  # one image, then the others
        first, c1 = conv2d_forward(x[:1], weight, bias)
        rest, c2 = conv2d_forward(x[1:], weight, bias)
        return np.concatenate([first, rest]), (x, weight)
    kh, kw = weight.shape[2:]
    values = [(w[0] * weight).sum(axis=(1, 2, 3)) + bias for _, _, w in _windows(x, kh, kw)]
    out = np.array(values, dtype=x.dtype).T
    return out.reshape(1, len(weight), x.shape[2] - kh + 1, x.shape[3] - kw + 1), (x, weight)


def conv2d_backward(dout, cache):
    x, weight = cache
    if len(x) > 1:
        dx1, dw1, db1 = conv2d_backward(dout[:1], (x[:1], weight))
        dx2, dw2, db2 = conv2d_backward(dout[1:], (x[1:], weight))
        return np.concatenate([dx1, dx2]), dw1 + dw2, db1 + db2
    kh, kw = weight.shape[2:]
    dx = np.zeros_like(x)
    dw = np.zeros_like(weight)
    for r, s, w in _windows(x, kh, kw):
        g = dout[0, :, r, s].reshape(-1, 1, 1, 1)
        dw += g * w
        dx[0, :, r:r + kh, s:s + kw] += (g * weight).sum(axis=0)
    return dx, dw, dout.sum(axis=(0, 2, 3))


def relu_forward(x):
    flat = [v if v > 0 else 0 for v in x.ravel()]
    return np.array(flat, dtype=x.dtype).reshape(x.shape), [v > 0 for v in x.ravel()]


def relu_backward(dout, cache):
    flat = [d if on else 0 for d, on in zip(dout.ravel(), cache)]
    return np.array(flat, dtype=dout.dtype).reshape(dout.shape)


def max_pool2d_forward(x):
    N, C, H, W = x.shape
    if any(size % 2 for size in (H, W)):
        raise ValueError("H and W of x must be even, they are {} and {}".format(H, W))
    out = np.empty((N, C, H // 2, W // 2), x.dtype)
    winners = []
    for r, s, w in _windows(x, 2, 2, step=2):
        out[:, :, r // 2, s // 2] = reduce(np.maximum, (w[:, :, i, j] for i, j in product(range(2), repeat=2)))
        winners.append((r, s, w.reshape(N, C, 4).argmax(axis=2)))
    return out, (winners, x.shape)


def max_pool2d_backward(dout, cache):
    winners, shape = cache
    dx = np.zeros(shape, dout.dtype)
    for r, s, k in winners:
        for n, c in np.ndindex(k.shape):
            dx[n, c, r + k[n, c] // 2, s + k[n, c] % 2] = dout[n, c, r // 2, s // 2]
    return dx


def conv_transpose2d_forward(x, weight, bias):
    def place(n, c, h, w):
        out[n, :, 2 * h:2 * h + 2, 2 * w:2 * w + 2] += x[n, c, h, w] * weight[c]

    N, C, H, W = x.shape
    out = np.tile(bias.reshape(1, -1, 1, 1), (N, 1, 2 * H, 2 * W)).astype(x.dtype)
    for index in np.ndindex(x.shape):
        place(*index)
    return out, (x, weight)


def conv_transpose2d_backward(dout, cache):
    x, weight = cache
    dx = np.zeros_like(x)
    dw = np.zeros_like(weight)
    for r, s, d in _windows(dout, 2, 2, step=2):
        for n, c in product(range(x.shape[0]), range(x.shape[1])):
            dx[n, c, r // 2, s // 2] = (d[n] * weight[c]).sum()
            dw[c] += d[n] * x[n, c, r // 2, s // 2]
    return dx, dw, np.array([dout[:, f].sum() for f in range(dout.shape[1])], dout.dtype)


def _centre(big, small):
    for b, s in zip(big[2:], small[2:]):
        if b < s or (b - s) % 2:
            raise ValueError("skip {} has no centre as large as x {}".format(big, small))
        yield slice((b - s) // 2, (b + s) // 2)


def crop_concat_forward(skip, x):
    rows, cols = _centre(skip.shape, x.shape)
    return np.concatenate([skip[:, :, rows, cols], x], axis=1), (skip.shape, x.shape)


def crop_concat_backward(dout, cache):
    big, small = cache
    rows, cols = _centre(big, small)
    dskip = np.zeros(big, dout.dtype)
    dskip[:, :, rows, cols] = dout[:, :big[1]]
    return dskip, dout[:, big[1]:].copy()


def dropout_forward(x, rate, rng):
    keeps = [u >= rate for u in rng.random(x.shape).ravel()]
    values = (v / (1 - rate) if k else 0 for v, k in zip(x.ravel(), keeps))
    return np.fromiter(values, dtype=x.dtype, count=x.size).reshape(x.shape), (keeps, rate)


def dropout_backward(dout, cache):
    keeps, rate = cache
    values = (v / (1 - rate) if k else 0 for v, k in zip(dout.ravel(), keeps))
    return np.fromiter(values, dtype=dout.dtype, count=dout.size).reshape(dout.shape)


def _logsumexp(z):
    m = max(z)
    return m + np.log(sum(np.exp(v - m) for v in z))


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    N, C, H, W = logits.shape
    pixels = list(np.ndindex(N, H, W))
    w = {p: 1.0 if weights is None else weights[p] for p in pixels}
    divisor = {"mean": len(pixels), "sum": 1, "weight_mean": sum(w.values())}[reduction]
    lse = {(n, i, j): _logsumexp(logits[n, :, i, j]) for n, i, j in pixels if w[n, i, j] != 0}
    loss = sum(w[p] * (z - logits[p[0], labels[p], p[1], p[2]]) for p, z in lse.items()) / divisor
    return logits.dtype.type(loss), (logits, labels, w, lse, divisor)


def weighted_cross_entropy_backward(cache):
    logits, labels, w, lse, divisor = cache
    d = np.zeros_like(logits)
    for (n, i, j), z in lse.items():
        d[n, :, i, j] = np.exp(logits[n, :, i, j] - z)
        d[n, labels[n, i, j], i, j] -= 1
        d[n, :, i, j] *= w[n, i, j] / divisor
    return d

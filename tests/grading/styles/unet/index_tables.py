# spec: unet
# style: fancy-index im2col with lru_cached index tables; global constants
# dtype: kept
from functools import lru_cache

import numpy as np

POOL = 2
UP = 2


@lru_cache(maxsize=None)
def conv_table(C, H, W, kh, kw):
    """Flat places in an image (C*H*W) of every entry of every window: (C*kh*kw, ho*wo)."""
    c, i, j = np.meshgrid(np.arange(C), np.arange(kh), np.arange(kw), indexing="ij")
    r, s = np.meshgrid(np.arange(H - kh + 1), np.arange(W - kw + 1), indexing="ij")
    table = (c.reshape(-1, 1) * H + i.reshape(-1, 1) + r.reshape(1, -1)) * W + j.reshape(-1, 1) + s.reshape(1, -1)
    table.flags.writeable = False
    return table


@lru_cache(maxsize=32)
def pool_table(H, W):
    """Flat places in a map (H*W) of the four entries of every window: (h*w, 4)."""
    r = np.arange(0, H, POOL).reshape(-1, 1, 1, 1)
    s = np.arange(0, W, POOL).reshape(1, -1, 1, 1)
    i = np.arange(POOL).reshape(1, 1, -1, 1)
    j = np.arange(POOL).reshape(1, 1, 1, -1)
    return ((r + i) * W + s + j).reshape(-1, POOL * POOL)


def conv2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F, _, kh, kw = weight.shape
    table = conv_table(C, H, W, kh, kw)
    cols = x.reshape(N, -1)[:, table]
    out = np.matmul(weight.reshape(F, -1), cols) + bias[:, None]
    return out.reshape(N, F, H - kh + 1, W - kw + 1), (cols, x.shape, weight)


def conv2d_backward(dout, cache):
    cols, shape, weight = cache
    N, C, H, W = shape
    F, _, kh, kw = weight.shape
    table = conv_table(C, H, W, kh, kw)
    d = dout.reshape(N, F, -1)
    dweight = np.matmul(d, cols.transpose(0, 2, 1)).sum(axis=0).reshape(weight.shape)
    dcols = np.matmul(weight.reshape(F, -1).T, d)
    dx = np.zeros((N, C * H * W), dout.dtype)
    for n in range(N):
        dx[n] = np.bincount(table.ravel(), dcols[n].ravel(), minlength=C * H * W)
    return dx.reshape(shape), dweight, d.sum(axis=2).sum(axis=0)


def relu_forward(x):
    idx = np.nonzero(x.ravel() > 0)[0]
    out = np.zeros(x.size, x.dtype)
    out[idx] = x.ravel()[idx]
    return out.reshape(x.shape), idx


def relu_backward(dout, cache):
    dx = np.zeros(dout.size, dout.dtype)
    dx[cache] = dout.ravel()[cache]
    return dx.reshape(dout.shape)


def max_pool2d_forward(x):
    N, C, H, W = x.shape
    if H % POOL or W % POOL:
        raise ValueError(f"{x.shape} is not a multiple of {POOL}")
    table = pool_table(H, W)
    values = x.reshape(N, C, H * W)[:, :, table]
    k = values.argmax(axis=3)
    places = table[np.arange(len(table)), k]
    return values.max(axis=3).reshape(N, C, H // POOL, W // POOL), (places, x.shape)


def max_pool2d_backward(dout, cache):
    places, (N, C, H, W) = cache
    dx = np.zeros((N, C, H * W), dout.dtype)
    np.put_along_axis(dx, places, dout.reshape(N, C, -1), axis=2)
    return dx.reshape(N, C, H, W)


def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]
    table = pool_table(UP * H, UP * W)
    out = np.zeros((N, F, UP * H * UP * W), x.dtype)
    out[:, :, table] = np.einsum("ncp,cfk->nfpk", x.reshape(N, C, -1), weight.reshape(C, F, -1))
    return out.reshape(N, F, UP * H, UP * W) + bias[None, :, None, None], (x, weight)


def conv_transpose2d_backward(dout, cache):
    x, weight = cache
    N, C, H, W = x.shape
    F = weight.shape[1]
    d = dout.reshape(N, F, -1)[:, :, pool_table(UP * H, UP * W)]
    dx = np.einsum("nfpk,cfk->ncp", d, weight.reshape(C, F, -1)).reshape(x.shape)
    dweight = np.einsum("nfpk,ncp->cfk", d, x.reshape(N, C, -1)).reshape(weight.shape)
    return dx, dweight, d.sum(axis=(0, 2, 3))


@lru_cache
def crop_table(Hs, Ws, H, W):
    if H > Hs or W > Ws or (Hs - H) % 2 or (Ws - W) % 2:
        raise ValueError(f"no centre crop from {Hs}x{Ws} to {H}x{W}")
    return np.ix_(np.arange(H) + (Hs - H) // 2, np.arange(W) + (Ws - W) // 2)


def crop_concat_forward(skip, x):
    r, c = crop_table(*skip.shape[2:], *x.shape[2:])
    return np.concatenate([skip[:, :, r, c], x], axis=1), skip.shape


def crop_concat_backward(dout, cache):
    r, c = crop_table(*cache[2:], *dout.shape[2:])
    dskip = np.zeros(cache, dout.dtype)
    dskip[:, :, r, c] = dout[:, : cache[1]]
    return dskip, dout[:, cache[1] :].copy()


def dropout_forward(x, rate, rng):
    out = np.zeros(x.size, x.dtype)
    idx = np.flatnonzero(rng.random(x.shape) >= rate)
    out[idx] = x.ravel()[idx] / (1 - rate)
    return out.reshape(x.shape), (idx, rate)


def dropout_backward(dout, cache):
    idx, rate = cache
    dx = np.zeros(dout.size, dout.dtype)
    dx[idx] = dout.ravel()[idx] / (1 - rate)
    return dx.reshape(dout.shape)


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    N, C, H, W = logits.shape
    w = np.ones(N * H * W, logits.dtype) if weights is None else weights.ravel().astype(logits.dtype)
    z = np.moveaxis(logits, 1, 0).reshape(C, -1)
    z = np.where(w == 0, 0, z).astype(logits.dtype)
    y = labels.ravel().astype(np.intp)
    z = z - z.max(axis=0)
    lse = np.log(np.exp(z).sum(axis=0))
    pick = z.ravel()[y * y.size + np.arange(y.size)] - lse
    k = {"mean": y.size, "sum": 1, "weight_mean": w.sum()}[reduction]
    return -np.dot(w, pick) / k, (z - lse, y, w, k, logits.shape)


def weighted_cross_entropy_backward(cache):
    logp, y, w, k, (N, C, H, W) = cache
    d = np.exp(logp)
    d[y, np.arange(y.size)] -= 1
    d = d * w / k
    return np.moveaxis(d.reshape(C, N, H, W), 0, 1)

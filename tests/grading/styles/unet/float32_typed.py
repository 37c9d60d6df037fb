# spec: unet
# style: results cast by hand at the end of every function; *args, keyword-only helpers, unusual spellings, a decorator
# dtype: kept
import functools

import numpy as np


def as_first(fn):
    """Results in the dtype of the first argument."""

    @functools.wraps(fn)
    def inner(first, *rest, **named):
        result = fn(first, *rest, **named)
        head = result[0] if isinstance(result, tuple) else result
        head = np.asarray(head).astype(first.dtype)
        if isinstance(result, tuple):
            return (head,) + result[1:]
        return head

    return inner


@as_first
def conv2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F, _, kh, kw = weight.shape
    A = np.zeros((N, F, H - kh + 1, W - kw + 1))
    it = np.nditer(weight, flags=["multi_index"])
    for value in it:
        f, c, i, j = it.multi_index
        A[:, f] += float(value) * x[:, c, i:H - kh + 1 + i, j:W - kw + 1 + j]
    A += np.expand_dims(bias, (0, 2, 3))
    return A, (x, weight)


def conv2d_backward(dout, cache):
    x, weight = cache
    kh, kw = weight.shape[-2:]
    ho, wo = dout.shape[-2:]
    dx = np.zeros(x.shape)
    dweight = np.zeros(weight.shape)
    for f, c, i, j in np.ndindex(*weight.shape):
        dx[:, c, i:i + ho, j:j + wo] += float(weight[f, c, i, j]) * dout[:, f]
        dweight[f, c, i, j] = (x[:, c, i:i + ho, j:j + wo] * dout[:, f]).sum()
    dbias = dout.swapaxes(0, 1).reshape(dout.shape[1], -1).sum(1)
    return dx.astype(x.dtype), dweight.astype(x.dtype), dbias.astype(x.dtype)


@as_first
def relu_forward(x):
    return np.fmax(x, np.zeros_like(x)), np.greater(x, 0)


@as_first
def relu_backward(dout, cache):
    return np.select([cache], [dout], 0)


@as_first
def max_pool2d_forward(x):
    if any(np.mod(x.shape[2:], 2)):
        raise ValueError(f"max_pool2d: odd size {x.shape[2:]}")
    quarters = [x[..., i::2, j::2] for i, j in ((0, 0), (0, 1), (1, 0), (1, 1))]
    out = functools.reduce(np.maximum, quarters)
    return out, np.select([q == out for q in quarters], [0, 1, 2, 3])


def max_pool2d_backward(dout, cache):
    n, c, h, w = dout.shape
    dx = np.zeros((n, c, h, 2, w, 2), dtype=dout.dtype)
    for k in range(4):
        i, j = divmod(k, 2)
        dx[:, :, :, i, :, j] = np.where(cache == k, dout, 0)
    return dx.reshape(n, c, 2 * h, 2 * w)


@as_first
def conv_transpose2d_forward(x, weight, bias):
    n, c, h, w = x.shape
    f = weight.shape[1]
    rows = []
    for i in range(2):
        cols = [np.einsum("cf,nchw->nfhw", weight[:, :, i, j], x) for j in range(2)]
        rows.append(np.stack(cols, axis=-1).reshape(n, f, h, 2 * w))
    out = np.stack(rows, axis=3).reshape(n, f, 2 * h, 2 * w)
    return out + bias[:, None, None], (x, weight)


def conv_transpose2d_backward(dout, cache):
    x, weight = cache
    t = x.dtype.type
    quarters = {(i, j): dout[..., i::2, j::2] for i in (0, 1) for j in (0, 1)}
    dx = sum(np.einsum("nfhw,cf->nchw", q, weight[..., i, j]) for (i, j), q in quarters.items())
    dw = np.array([[np.einsum("nchw,nfhw->cf", x, quarters[i, j]) for j in (0, 1)] for i in (0, 1)])
    return dx, dw.transpose(2, 3, 0, 1).astype(t), dout.sum(axis=(0, 2, 3)).astype(t)


@as_first
def crop_concat_forward(skip, x):
    offset = np.subtract(skip.shape[2:], x.shape[2:])
    if (offset < 0).any() or (offset % 2).any():
        raise ValueError(f"crop_concat: {skip.shape} to {x.shape}")
    t, l = (offset // 2).tolist()
    parts = (skip[:, :, t:t + x.shape[2], l:l + x.shape[3]], x)
    return np.concatenate(parts, axis=-3), (skip.shape, x.shape, t, l)


def crop_concat_backward(dout, cache):
    s, xs, t, l = cache
    dskip = np.zeros(s, dout.dtype)
    np.copyto(dskip[:, :, t:t + xs[2], l:l + xs[3]], dout[:, :s[1]])
    dx = np.take(dout, range(s[1], s[1] + xs[1]), axis=1)
    return dskip, dx


@as_first
def dropout_forward(x, rate, rng):
    keep = np.logical_not(rng.random(x.shape) < rate)
    return np.where(keep, x, 0) / (1 - rate), (keep, rate)


@as_first
def dropout_backward(dout, cache):
    keep, rate = cache
    return np.where(keep, dout, 0) / (1 - rate)


@as_first
def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    w = np.ones(labels.shape) if weights is None else np.float64(weights)
    z = np.float64(logits)
    m = np.where(w[:, None] != 0, z, 0).max(axis=1, keepdims=True)
    z = np.where(w[:, None] != 0, z - m, 0)
    logp = z - np.logaddexp.reduce(z, axis=1, keepdims=True)
    hot = np.equal.outer(labels, np.arange(z.shape[1])).transpose(0, 3, 1, 2)
    scale = w / {"mean": w.size, "sum": 1, "weight_mean": w.sum() or np.nan}[reduction]
    return -(np.where(hot, logp, 0).sum(axis=1) * scale).sum(), (logp, hot, scale, logits.dtype)


def weighted_cross_entropy_backward(cache):
    logp, hot, scale, dtype = cache
    return ((np.exp(logp) - hot) * scale[:, None]).astype(dtype)

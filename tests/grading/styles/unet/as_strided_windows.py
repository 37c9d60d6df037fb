# spec: unet
# style: as_strided windows and tensordot; custom cache classes
# dtype: kept
import numpy as np
from numpy.lib.stride_tricks import as_strided


class Cache:
    def __init__(self, **kw):
        self.__dict__.update(kw)


def windows(x, kh, kw):
    N, C, H, W = x.shape
    s = x.strides
    shape = (N, C, H - kh + 1, W - kw + 1, kh, kw)
    return as_strided(x, shape, s + (s[2], s[3]), writeable=False)


def conv2d_forward(x, weight, bias):
    kh, kw = weight.shape[-2:]
    out = np.tensordot(windows(x, kh, kw), weight, axes=([1, 4, 5], [1, 2, 3]))
    out = out + bias
    return np.ascontiguousarray(out.transpose(0, 3, 1, 2)), Cache(x=x, weight=weight)


def conv2d_backward(dout, cache):
    x, weight = cache.x, cache.weight
    kh, kw = weight.shape[-2:]
    padded = np.pad(dout, [(0, 0), (0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1)])
    turned = weight[:, :, ::-1, ::-1]
    dx = np.tensordot(windows(padded, kh, kw), turned, axes=([1, 4, 5], [0, 2, 3])).transpose(0, 3, 1, 2)
    dweight = np.tensordot(dout, windows(x, kh, kw), axes=([0, 2, 3], [0, 2, 3]))
    return np.ascontiguousarray(dx), dweight, dout.sum(axis=(0, 2, 3))


def relu_forward(x):
    out = np.clip(x, 0, None)
    return out, Cache(out=out)


def relu_backward(dout, cache):
    # out > 0 exactly where x > 0
    return dout * (cache.out > 0)


def max_pool2d_forward(x):
    N, C, H, W = x.shape
    if H % 2 or W % 2:
        raise ValueError(f"x: found {x.shape}, wanted even height and width")
    a, b, c, d = x.strides
    w = as_strided(x, (N, C, H // 2, W // 2, 2, 2), (a, b, 2 * c, 2 * d, c, d), writeable=False)
    w = w.reshape(N, C, H // 2, W // 2, 4)
    arg = np.argmax(w, axis=-1)
    return np.take_along_axis(w, arg[..., None], -1)[..., 0], Cache(arg=arg, shape=x.shape)


def max_pool2d_backward(dout, cache):
    N, C, H, W = cache.shape
    grid = np.zeros((N, C, H // 2, W // 2, 4), dout.dtype)
    np.put_along_axis(grid, cache.arg[..., None], dout[..., None], axis=-1)
    return grid.reshape(N, C, H // 2, W // 2, 2, 2).swapaxes(3, 4).reshape(N, C, H, W)


def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]
    blocks = np.tensordot(x, weight, axes=(1, 0))  # N H W F 2 2
    out = np.zeros((N, F, 2 * H, 2 * W), x.dtype)
    s = out.strides
    view = as_strided(out, (N, F, H, W, 2, 2), (s[0], s[1], 2 * s[2], 2 * s[3], s[2], s[3]))
    view[...] = blocks.transpose(0, 3, 1, 2, 4, 5)
    out += bias[:, None, None].astype(x.dtype)
    return out, Cache(x=x, weight=weight)


def conv_transpose2d_backward(dout, cache):
    N, F, H2, W2 = dout.shape
    s = dout.strides
    view = as_strided(dout, (N, F, H2 // 2, W2 // 2, 2, 2), (s[0], s[1], 2 * s[2], 2 * s[3], s[2], s[3]), writeable=False)
    dx = np.tensordot(view, cache.weight, axes=([1, 4, 5], [1, 2, 3])).transpose(0, 3, 1, 2)
    dweight = np.tensordot(cache.x, view, axes=([0, 2, 3], [0, 2, 3]))
    return dx, dweight, dout.sum(axis=(0, 2, 3))


def crop_concat_forward(skip, x):
    (Hs, Ws), (H, W) = skip.shape[2:], x.shape[2:]
    if Hs < H or Ws < W or (Hs - H) % 2 or (Ws - W) % 2:
        raise ValueError(f"skip: found {skip.shape}, which has no centre of {H} x {W}")
    rows = slice((Hs - H) // 2, (Hs + H) // 2)
    cols = slice((Ws - W) // 2, (Ws + W) // 2)
    out = np.concatenate([skip[:, :, rows, cols], x], axis=1)
    return out, Cache(rows=rows, cols=cols, shape=skip.shape)


def crop_concat_backward(dout, cache):
    k = cache.shape[1]
    dskip = np.zeros(cache.shape, dout.dtype)
    dskip[:, :, cache.rows, cache.cols] = dout[:, :k]
    return dskip, dout[:, k:].copy()


def dropout_forward(x, rate, rng):
    keep = ~(rng.random(x.shape) < rate)
    return np.where(keep, x / (1.0 - rate), 0).astype(x.dtype), Cache(keep=keep, rate=rate)


def dropout_backward(dout, cache):
    return np.where(cache.keep, dout / (1.0 - cache.rate), 0).astype(dout.dtype)


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    if reduction not in ("mean", "sum", "weight_mean"):
        raise ValueError(f"reduction: found {reduction!r}")
    if labels.min() < 0 or labels.max() >= logits.shape[1]:
        raise ValueError(f"labels: found {labels.min()}..{labels.max()}, wanted 0..{logits.shape[1] - 1}")
    if weights is None:
        weights = np.ones_like(logits[:, 0])
    weights = weights.astype(logits.dtype)
    safe = logits * 1
    safe[np.broadcast_to(weights[:, None] == 0, safe.shape)] = 0
    shifted = safe - safe.max(axis=1, keepdims=True)
    e = np.exp(shifted)
    s = e.sum(axis=1, keepdims=True)
    n, h, w = np.indices(labels.shape)
    nll = np.log(s[:, 0]) - shifted[n, labels, h, w]
    total = np.sum(weights * nll)
    if reduction == "mean":
        norm = labels.size
    elif reduction == "sum":
        norm = 1
    else:
        norm = weights.sum()
        if norm == 0:
            raise ValueError("weights: sum to 0")
    return total / norm, Cache(p=e / s, labels=labels, weights=weights, norm=norm)


def weighted_cross_entropy_backward(cache):
    d = cache.p.copy()
    n, h, w = np.indices(cache.labels.shape)
    d[n, cache.labels, h, w] -= 1
    d *= cache.weights[:, None]
    d /= cache.norm
    return d

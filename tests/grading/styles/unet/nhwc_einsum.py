# spec: unet
# style: channels last (as in TensorFlow); windows and einsum
# convention: nhwc
# dtype: kept
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def conv2d_forward(x, weight, bias):
    win = sliding_window_view(x, weight.shape[:2], axis=(1, 2))  # N Ho Wo C kh kw
    return np.einsum("nhwcij,ijcf->nhwf", win, weight, optimize=True) + bias, (win, weight)


def conv2d_backward(dout, cache):
    win, weight = cache
    kh, kw = weight.shape[:2]
    dweight = np.einsum("nhwcij,nhwf->ijcf", win, dout, optimize=True)
    pad = np.pad(dout, ((0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1), (0, 0)))
    dwin = sliding_window_view(pad, (kh, kw), axis=(1, 2))
    dx = np.einsum("nhwfij,ijcf->nhwc", dwin, weight[::-1, ::-1], optimize=True)
    return dx, dweight, np.einsum("nhwf->f", dout)


def relu_forward(x):
    out = x.copy()
    out[out < 0] = 0
    return out, out


def relu_backward(dout, cache):
    dx = dout.copy()
    dx[cache == 0] = 0
    return dx


def max_pool2d_forward(x):
    n, h, w, c = x.shape
    b = x.reshape(n, h // 2, 2, w // 2, 2, c).transpose(0, 1, 3, 5, 2, 4).reshape(n, h // 2, w // 2, c, 4)
    k = b.argmax(axis=-1)
    return b.max(axis=-1), (np.eye(4, dtype=x.dtype)[k], x.shape)


def max_pool2d_backward(dout, cache):
    hot, (n, h, w, c) = cache
    b = (hot * dout[..., None]).reshape(n, h // 2, w // 2, c, 2, 2)
    return b.transpose(0, 1, 4, 2, 5, 3).reshape(n, h, w, c)


def conv_transpose2d_forward(x, weight, bias):
    n, h, w, c = x.shape
    out = np.einsum("nhwc,ijcf->nhiwjf", x, weight).reshape(n, 2 * h, 2 * w, -1)
    return out + bias, (x, weight)


def conv_transpose2d_backward(dout, cache):
    x, weight = cache
    n, h, w, c = x.shape
    d = dout.reshape(n, h, 2, w, 2, -1)
    dx = np.einsum("nhiwjf,ijcf->nhwc", d, weight)
    dweight = np.einsum("nhiwjf,nhwc->ijcf", d, x)
    return dx, dweight, d.sum(axis=(0, 1, 2, 3, 4))


def crop_concat_forward(skip, x):
    a = (skip.shape[1] - x.shape[1]) // 2
    b = (skip.shape[2] - x.shape[2]) // 2
    part = skip[:, a:skip.shape[1] - a, b:skip.shape[2] - b]
    return np.concatenate([part, x], axis=3), (a, b, skip.shape[3])


def crop_concat_backward(dout, cache):
    a, b, c = cache
    return np.pad(dout[..., :c], ((0, 0), (a, a), (b, b), (0, 0))), dout[..., c:].copy()


def dropout_forward(x, rate, rng):
    scale = (rng.random(x.shape) >= rate).astype(x.dtype) / (1 - rate)
    return x * scale, scale


def dropout_backward(dout, cache):
    return dout * cache


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    C = logits.shape[-1]
    flat = logits.reshape(-1, C)
    y = labels.reshape(-1)
    w = np.ones(y.shape, flat.dtype) if weights is None else weights.reshape(-1).astype(flat.dtype)
    flat = np.where(w[:, None] == 0, flat.dtype.type(0), flat)
    flat = flat - flat.max(axis=1, keepdims=True)
    e = np.exp(flat)
    s = e.sum(axis=1)
    nll = np.log(s) - flat[np.arange(y.size), y]
    norm = dict(mean=y.size, sum=1, weight_mean=w.sum())[reduction]
    return (w * nll).sum() / norm, (e / s[:, None], y, w / norm, logits.shape)


def weighted_cross_entropy_backward(cache):
    p, y, w, shape = cache
    g = p.copy()
    g[np.arange(y.size), y] -= 1
    return (g * w[:, None]).reshape(shape)

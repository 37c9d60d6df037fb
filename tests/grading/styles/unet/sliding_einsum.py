# spec: unet
# style: sliding_window_view and einsum everywhere
# dtype: kept
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view as swv


def conv2d_forward(x, weight, bias):
    v = swv(x, weight.shape[2:], axis=(2, 3))
    out = np.einsum("nchwij,fcij->nfhw", v, weight) + np.einsum("f,nhw->nfhw", bias, np.ones_like(v[:, 0, :, :, 0, 0]))
    return out, (v, weight)


def conv2d_backward(dout, cache):
    v, weight = cache
    kh, kw = weight.shape[2:]
    d = np.pad(dout, ((0, 0), (0, 0), (kh - 1,) * 2, (kw - 1,) * 2))
    dx = np.einsum("nfhwij,fcij->nchw", swv(d, (kh, kw), axis=(2, 3)), np.flip(weight, (2, 3)))
    dw = np.einsum("nfhw,nchwij->fcij", dout, v)
    db = np.einsum("nfhw->f", dout)
    return dx, dw, db


def relu_forward(x):
    gate = np.heaviside(x, x.dtype.type(0))
    return np.einsum("...,...->...", x, gate), gate


def relu_backward(dout, cache):
    return np.einsum("...,...->...", dout, cache)


def max_pool2d_forward(x):
    v = swv(x, (2, 2), axis=(2, 3))[:, :, ::2, ::2]
    if x.shape[2] % 2 or x.shape[3] % 2:
        raise ValueError("even sizes only")
    first = v.reshape(v.shape[:4] + (4,)).argmax(-1)
    onehot = np.eye(4, dtype=x.dtype)[first].reshape(v.shape)
    return v.max(axis=(4, 5)), onehot


def max_pool2d_backward(dout, cache):
    n, c, h, w = dout.shape
    return np.einsum("nchw,nchwij->nchiwj", dout, cache).transpose(0, 1, 2, 3, 4, 5).reshape(n, c, -1, w * 2)[:, :, _order(h)]


def _order(h):
    # nchiwj already has the rows in order: (h, i) -> 2h + i
    return np.arange(2 * h)


def conv_transpose2d_forward(x, weight, bias):
    n, c, h, w = x.shape
    f = weight.shape[1]
    out = np.einsum("nchw,cfij->nfhiwj", x, weight, optimize=True).reshape(n, f, 2 * h, 2 * w)
    return out + bias[None, :, None, None], (x, weight)


def conv_transpose2d_backward(dout, cache):
    x, weight = cache
    n, c, h, w = x.shape
    d = dout.reshape(n, -1, h, 2, w, 2)
    dx = np.einsum("nfhiwj,cfij->nchw", d, weight, optimize=True)
    dweight = np.einsum("nfhiwj,nchw->cfij", d, x, optimize=True)
    return dx, dweight, np.einsum("nfhiwj->f", d)


def crop_concat_forward(skip, x):
    dh, dw = (a - b for a, b in zip(skip.shape[2:], x.shape[2:]))
    v = swv(skip, x.shape[2:], axis=(2, 3))[:, :, dh // 2, dw // 2]
    return np.concatenate([v, x], axis=1), (skip.shape, dh // 2, dw // 2)


def crop_concat_backward(dout, cache):
    shape, t, l = cache
    dskip = np.zeros(shape, dout.dtype)
    swv(dskip, dout.shape[2:], axis=(2, 3), writeable=True)[:, :, t, l] = dout[:, : shape[1]]
    return dskip, dout[:, shape[1] :] + 0


def dropout_forward(x, rate, rng):
    m = np.greater_equal(rng.random(x.shape), rate).astype(x.dtype)
    return np.einsum("...,...->...", x, m) / (1 - rate), (m, 1 - rate)


def dropout_backward(dout, cache):
    m, q = cache
    return np.einsum("...,...->...", dout, m) / q


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    C = logits.shape[1]
    w = (np.ones(labels.shape) if weights is None else weights).astype(logits.dtype)
    z = np.where((w == 0)[:, None], np.zeros_like(logits), logits)
    z = z - np.max(z, axis=1, keepdims=True)
    logp = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    y = (labels[:, None] == np.arange(C).reshape(1, C, 1, 1)).astype(logits.dtype)
    if reduction == "weight_mean":
        w = w / w.sum()
    elif reduction == "mean":
        w = w / labels.size
    loss = -np.einsum("nhw,nchw,nchw->", w, y, logp)
    return loss, (w, np.exp(logp) - y)


def weighted_cross_entropy_backward(cache):
    return np.einsum("nhw,nchw->nchw", *cache)

# spec: unet
# style: returns views of dout or of its inputs where the values allow it
# dtype: kept
import numpy as np


def conv2d_forward(x, weight, bias):
    F, C, kh, kw = weight.shape
    if (kh, kw) == (1, 1):
        cols = x
    else:
        ho, wo = x.shape[2] - kh + 1, x.shape[3] - kw + 1
        cols = np.concatenate([x[:, :, i:i + ho, j:j + wo] for i in range(kh) for j in range(kw)], axis=1)
    # columns are ordered (i, j, c), so the weights must be too
    flat = weight.transpose(0, 2, 3, 1).reshape(F, -1)
    out = np.tensordot(flat, cols, axes=(1, 1)).transpose(1, 0, 2, 3)
    return out + bias.reshape(1, F, 1, 1), (x.shape, cols, weight)


def conv2d_backward(dout, cache):
    shape, cols, weight = cache
    F, C, kh, kw = weight.shape
    N, _, ho, wo = dout.shape
    dflat = np.tensordot(dout, cols, axes=((0, 2, 3), (0, 2, 3)))
    dweight = dflat.reshape(F, kh, kw, C).transpose(0, 3, 1, 2)
    dx = np.zeros(shape, dout.dtype)
    for i in range(kh):
        for j in range(kw):
            view = dx[:, :, i:i + ho, j:j + wo]
            view += np.tensordot(weight[:, :, i, j], dout, axes=(0, 1)).transpose(1, 0, 2, 3)
    return dx, dweight, dout.sum(axis=(0, 2, 3))


def relu_forward(x):
    mask = x > 0
    if mask.all():
        return x[...], mask
    return np.where(mask, x, x.dtype.type(0)), mask


def relu_backward(dout, cache):
    if cache.all():
        return dout[...]
    return np.where(cache, dout, dout.dtype.type(0))


def max_pool2d_forward(x):
    pairs = np.maximum(x[..., 0::2], x[..., 1::2])
    out = np.maximum(pairs[..., 0::2, :], pairs[..., 1::2, :])
    return out, (x, out)


def max_pool2d_backward(dout, cache):
    x, out = cache
    dx = np.zeros_like(x)
    left = np.ones(out.shape, bool)
    for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)):
        here = left & (x[:, :, i::2, j::2] == out)
        np.copyto(dx[:, :, i::2, j::2], dout, where=here)
        left &= ~here
    return dx


def conv_transpose2d_forward(x, weight, bias):
    n, c, h, w = x.shape
    f = weight.shape[1]
    six = np.tensordot(weight, x, axes=(0, 1))  # f i j n h w
    out = six.transpose(3, 0, 4, 1, 5, 2).reshape(n, f, 2 * h, 2 * w)
    out += bias.reshape(f, 1, 1)
    return out, (x, weight)


def conv_transpose2d_backward(dout, cache):
    x, weight = cache
    n, c, h, w = x.shape
    six = dout.reshape(n, -1, h, 2, w, 2)
    dx = np.tensordot(six, weight, axes=((1, 3, 5), (1, 2, 3))).transpose(0, 3, 1, 2)
    dweight = np.tensordot(x, six, axes=((0, 2, 3), (0, 2, 4)))
    return dx, dweight, six.sum(axis=(0, 2, 3, 4, 5))


def crop_concat_forward(skip, x):
    a = (skip.shape[2] - x.shape[2]) // 2
    b = (skip.shape[3] - x.shape[3]) // 2
    return np.concatenate([skip[:, :, a:a + x.shape[2], b:b + x.shape[3]], x], axis=1), (skip.shape, a, b)


def crop_concat_backward(dout, cache):
    shape, a, b = cache
    if a == 0 and b == 0:
        return dout[:, :shape[1]], dout[:, shape[1]:]
    dskip = np.zeros(shape, dout.dtype)
    dskip[:, :, a:a + dout.shape[2], b:b + dout.shape[3]] = dout[:, :shape[1]]
    return dskip, dout[:, shape[1]:]


def dropout_forward(x, rate, rng):
    keep = rng.random(x.shape) >= rate
    if rate == 0:
        return x, None
    return np.where(keep, x / (1 - rate), x.dtype.type(0)), (keep, rate)


def dropout_backward(dout, cache):
    if cache is None:
        return dout
    keep, rate = cache
    return np.where(keep, dout / (1 - rate), dout.dtype.type(0))


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    n, c, h, w = logits.shape
    wt = (np.ones((n, h, w)) if weights is None else weights).astype(logits.dtype)
    alive = wt != 0
    z = np.where(alive[:, None], logits, logits.dtype.type(0))
    z = z - z.max(axis=1)[:, None]
    logp = z - np.log(np.exp(z).sum(axis=1))[:, None]
    norm = n * h * w if reduction == "mean" else 1 if reduction == "sum" else wt.sum()
    loss = -sum((wt * logp[:, k])[labels == k].sum() for k in range(c)) / norm
    return loss, (logp, labels, wt, norm)


def weighted_cross_entropy_backward(cache):
    logp, labels, wt, norm = cache
    d = np.exp(logp)
    for k in range(d.shape[1]):
        d[:, k] -= labels == k
    d *= wt[:, None]
    d /= norm
    return d

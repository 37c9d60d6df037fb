# spec: unet
# style: convolution by np.fft in float64, cast back
# dtype: kept
import numpy as np
from numpy.fft import irfft2, rfft2


def _f(a, size):
    return rfft2(a.astype(np.float64), s=size, axes=(-2, -1))


def conv2d_forward(x, weight, bias):
    H, W = x.shape[2:]
    kh, kw = weight.shape[2:]
    size = (H + kh - 1, W + kw - 1)
    # correlation = convolution with the kernel turned round
    X = _f(x, size)
    K = _f(weight[:, :, ::-1, ::-1], size)
    Y = (X[:, None] * K[None]).sum(axis=2)
    full = irfft2(Y, s=size, axes=(-2, -1))
    out = full[:, :, kh - 1:H, kw - 1:W] + bias[None, :, None, None]
    return out.astype(x.dtype), [x, weight]


def conv2d_backward(dout, cache):
    x, weight = cache
    H, W = x.shape[2:]
    kh, kw = weight.shape[2:]
    oh, ow = dout.shape[2:]
    # dx: full convolution of dout with the kernel as it is
    size = (H, W)
    D = _f(dout, size)
    K = _f(weight, size)
    dx = irfft2(np.einsum("nfhw,fchw->nchw", D, K), s=size, axes=(-2, -1))
    # dweight: correlation of x with dout
    size = (H + oh - 1, W + ow - 1)
    X = _f(x, size)
    D = _f(dout[:, :, ::-1, ::-1], size)
    dw = irfft2(np.einsum("nchw,nfhw->fchw", X, D), s=size, axes=(-2, -1))
    dw = dw[:, :, oh - 1:oh - 1 + kh, ow - 1:ow - 1 + kw]
    db = dout.sum(axis=3).sum(axis=2).sum(axis=0)
    return dx.astype(x.dtype), dw.astype(x.dtype), db


def relu_forward(x):
    out = (x + np.abs(x)) / 2
    return out, np.sign(x)


def relu_backward(dout, cache):
    return dout * np.maximum(cache, 0)


def max_pool2d_forward(x):
    a = x[:, :, 0::2, 0::2]
    b = x[:, :, 0::2, 1::2]
    c = x[:, :, 1::2, 0::2]
    d = x[:, :, 1::2, 1::2]
    out = np.maximum(np.maximum(a, b), np.maximum(c, d))
    ma = a == out
    mb = (b == out) & ~ma
    mc = (c == out) & ~ma & ~mb
    md = ~(ma | mb | mc)
    return out, [ma, mb, mc, md]


def max_pool2d_backward(dout, cache):
    n, c, h, w = dout.shape
    dx = np.zeros((n, c, h * 2, w * 2), dout.dtype)
    spots = [(0, 0), (0, 1), (1, 0), (1, 1)]
    for (i, j), m in zip(spots, cache):
        dx[:, :, i::2, j::2] = np.where(m, dout, 0)
    return dx


def conv_transpose2d_forward(x, weight, bias):
    # zero-stuffed input, then a convolution by FFT
    n, c, h, w = x.shape
    stuffed = np.zeros((n, c, 2 * h, 2 * w))
    stuffed[:, :, ::2, ::2] = x
    size = (2 * h + 1, 2 * w + 1)
    spectrum = np.einsum("nchw,cfhw->nfhw", _f(stuffed, size), _f(weight, size))
    out = irfft2(spectrum, s=size, axes=(-2, -1))[:, :, :2 * h, :2 * w]
    out = out + bias.reshape(1, -1, 1, 1)
    return out.astype(x.dtype), [x, weight]


def conv_transpose2d_backward(dout, cache):
    x, weight = cache
    dx = np.zeros(x.shape)
    dw = np.zeros(weight.shape)
    for i in (0, 1):
        for j in (0, 1):
            tap = dout[:, :, i::2, j::2].astype(np.float64)
            dx += np.einsum("nfhw,cf->nchw", tap, weight[:, :, i, j])
            dw[:, :, i, j] = np.einsum("nfhw,nchw->cf", tap, x)
    return dx.astype(x.dtype), dw.astype(x.dtype), np.einsum("nfhw->f", dout)


def crop_concat_forward(skip, x):
    t = (skip.shape[2] - x.shape[2]) // 2
    l = (skip.shape[3] - x.shape[3]) // 2
    c = skip[:, :, t:skip.shape[2] - t, l:skip.shape[3] - l]
    return np.hstack([c, x]), [skip.shape, t, l]


def crop_concat_backward(dout, cache):
    shape, t, l = cache
    a, b = np.split(dout, [shape[1]], axis=1)
    dskip = np.zeros(shape, dout.dtype)
    dskip[:, :, t:shape[2] - t, l:shape[3] - l] = a
    return dskip, b.copy()


def dropout_forward(x, rate, rng):
    drop = rng.uniform(0, 1, x.shape) < rate
    out = x / (1 - rate)
    out[drop] = 0
    return out, [drop, rate]


def dropout_backward(dout, cache):
    drop, rate = cache
    dx = dout / (1 - rate)
    dx[drop] = 0
    return dx


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    N, C, H, W = logits.shape
    w = np.ones(labels.shape) if weights is None else weights.astype(np.float64)
    z = np.where(w[:, None] != 0, logits, 0).astype(np.float64)
    m = z.max(axis=1)
    lse = m + np.log(np.exp(z - m[:, None]).sum(axis=1))
    onehot = np.moveaxis(np.eye(C)[labels], -1, 1)
    div = {"mean": labels.size, "sum": 1.0, "weight_mean": w.sum()}[reduction]
    loss = np.sum(w * (lse - (z * onehot).sum(axis=1))) / div
    p = np.exp(z - lse[:, None])
    return logits.dtype.type(loss), [p, onehot, w / div, logits.dtype]


def weighted_cross_entropy_backward(cache):
    p, onehot, w, dtype = cache
    return ((p - onehot) * w[:, None]).astype(dtype)

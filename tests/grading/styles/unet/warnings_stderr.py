# spec: unet
# style: noisy: prints progress, warns on stderr, logs; right all the same
# dtype: kept
import logging
import sys
import warnings

import numpy as np

log = logging.getLogger("layers")
logging.basicConfig(stream=sys.stderr, level=logging.INFO)
warnings.warn("this module is work in progress", DeprecationWarning)


def conv2d_forward(x, weight, bias):
    print("conv2d_forward", x.shape, weight.shape, file=sys.stderr)
    F, C, kh, kw = weight.shape
    ho, wo = x.shape[2] - kh + 1, x.shape[3] - kw + 1
    planes = []
    for f in range(F):
        plane = np.full((x.shape[0], ho, wo), bias[f], dtype=x.dtype)
        for c in range(C):
            for i in range(kh):
                for j in range(kw):
                    plane = plane + x[:, c, i:ho + i, j:wo + j] * weight[f, c, i, j]
        planes.append(plane)
    return np.stack(planes, axis=1), {"x": x, "w": weight}


def conv2d_backward(dout, cache):
    log.info("conv2d_backward %s", dout.shape)
    x, w = cache["x"], cache["w"]
    kh, kw = w.shape[2:]
    # full correlation of the padded dout with the kernel upside down
    p = np.pad(dout, ((0, 0), (0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1)))
    back, _ = conv2d_forward(p, w.transpose(1, 0, 2, 3)[:, :, ::-1, ::-1], np.zeros(w.shape[1], w.dtype))
    # dweight is a convolution too: images and channels change places
    dw, _ = conv2d_forward(x.swapaxes(0, 1), dout.swapaxes(0, 1), np.zeros(w.shape[0], w.dtype))
    return back, dw.swapaxes(0, 1), dout.sum(axis=(0, 2, 3))


def relu_forward(x):
    out = np.where(x < 0, x.dtype.type(0), x)
    with np.errstate(all="ignore"):
        ratio = out / x  # 1, 0 or nan; the nan of 0 / 0 is a 0
    return out, np.nan_to_num(ratio) > 0.5


def relu_backward(dout, cache):
    return np.where(cache, dout, dout.dtype.type(0))


def max_pool2d_forward(x):
    if x.shape[2] % 2 or x.shape[3] % 2:
        raise ValueError("odd")
    n, c, h, w = x.shape
    v = x.reshape(n, c, h // 2, 2, w // 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(n, c, h // 2, w // 2, 4)
    # stable descending sort: the first of the equal maxima comes first
    order = np.argsort(-v, axis=-1, kind="stable")[..., 0]
    return np.take_along_axis(v, order[..., None], axis=-1).squeeze(-1), order


def max_pool2d_backward(dout, cache):
    n, c, h, w = dout.shape
    mask = cache[..., None] == np.arange(4)
    spread = dout[..., None] * mask
    return spread.reshape(n, c, h, w, 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(n, c, 2 * h, 2 * w)


def conv_transpose2d_forward(x, weight, bias):
    print("shape of x:", x.shape)
    n, c, h, w = x.shape
    f = weight.shape[1]
    stuffed = np.zeros((n, c, 2 * h + 1, 2 * w + 1), x.dtype)
    stuffed[:, :, 1::2, 1::2] = x
    # as a convolution over the stuffed image, kernel upside down and axes changed
    out, _ = conv2d_forward(stuffed, weight.swapaxes(0, 1)[:, :, ::-1, ::-1], bias)
    return out, (x, weight)


def conv_transpose2d_backward(dout, cache):
    x, weight = cache
    dx = 0
    dw = np.zeros_like(weight)
    for i in range(2):
        for j in range(2):
            g = dout[:, :, i::2, j::2]
            one, _ = conv2d_forward(g, weight[:, :, i:i + 1, j:j + 1], np.zeros(weight.shape[0], weight.dtype))
            dx = dx + one
            dw[:, :, i, j] = np.einsum("nchw,nfhw->cf", x, g)
    return dx, dw, dout.sum(axis=(0, 2, 3))


def crop_concat_forward(skip, x):
    dh, dw = skip.shape[2] - x.shape[2], skip.shape[3] - x.shape[3]
    if dh % 2 or dw % 2:
        raise ValueError("cannot centre")
    if dh == 0 and dw == 0:
        warnings.warn("nothing to crop")
    c = skip[:, :, dh // 2:dh // 2 + x.shape[2], dw // 2:dw // 2 + x.shape[3]]
    return np.concatenate((c, x), axis=1), (skip.shape, dh // 2, dw // 2)


def crop_concat_backward(dout, cache):
    shape, a, b = cache
    dskip = np.zeros(shape, dout.dtype)
    dskip[:, :, a:shape[2] - a, b:shape[3] - b] = dout[:, :shape[1]]
    return dskip, dout[:, shape[1]:].copy()


def dropout_forward(x, rate, rng):
    log.warning("dropping about %d%%", 100 * rate)
    keep = rng.random(x.shape) >= rate
    return np.multiply(x, keep, dtype=x.dtype) / (1 - rate), (keep, rate)


def dropout_backward(dout, cache):
    keep, rate = cache
    return np.multiply(dout, keep, dtype=dout.dtype) / (1 - rate)


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    w = np.ones(labels.shape) if weights is None else weights
    w = w.astype(logits.dtype)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        z = logits - logits.max(axis=1, keepdims=True)
        logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    logp[np.repeat(w[:, None] == 0, logits.shape[1], axis=1)] = 0
    nll = -np.choose(labels, np.moveaxis(logp, 1, 0)) if logits.shape[1] < 32 else None
    norm = dict(mean=labels.size, sum=1, weight_mean=w.sum())[reduction]
    loss = np.sum(w * nll) / norm
    print("loss = %f" % loss)
    return loss, (logp, labels, w, norm)


def weighted_cross_entropy_backward(cache):
    logp, labels, w, norm = cache
    g = np.exp(logp)
    g -= np.eye(g.shape[1], dtype=g.dtype)[labels].transpose(0, 3, 1, 2)
    return g * (w / norm)[:, None]

# spec: unet
# style: gradients come in dicts
# convention: dict
# dtype: kept
import numpy as np

OFFSETS_2x2 = [(i, j) for i in range(2) for j in range(2)]


def conv2d_forward(x, weight, bias):
    kh, kw = weight.shape[2], weight.shape[3]
    ho, wo = x.shape[2] - kh + 1, x.shape[3] - kw + 1
    acc = 0
    for i in range(kh):
        for j in range(kw):
            # (F, C) . (N, C, ho, wo) -> (F, N, ho, wo)
            acc = acc + np.tensordot(weight[:, :, i, j], x[:, :, i : i + ho, j : j + wo], axes=(1, 1))
    out = acc.swapaxes(0, 1)
    out = out + bias.reshape(-1, 1, 1)
    return out, (x, weight, ho, wo)


def conv2d_backward(dout, cache):
    x, weight, ho, wo = cache
    kh, kw = weight.shape[2], weight.shape[3]
    dx = np.zeros_like(x)
    dweight = np.zeros_like(weight)
    for i in range(kh):
        for j in range(kw):
            dx[:, :, i : i + ho, j : j + wo] += np.tensordot(dout, weight[:, :, i, j], axes=(1, 0)).transpose(0, 3, 1, 2)
            dweight[:, :, i, j] = np.tensordot(dout, x[:, :, i : i + ho, j : j + wo], axes=((0, 2, 3), (0, 2, 3)))
    grads = {"dx": dx, "dweight": dweight}
    grads["dbias"] = dout.sum(-1).sum(-1).sum(0)
    return grads


def relu_forward(x):
    mask = (x > 0).astype(x.dtype)
    return x * mask, mask


def relu_backward(dout, mask):
    return dout * mask


def max_pool2d_forward(x):
    best = x[:, :, ::2, ::2].copy()
    which = np.zeros(best.shape, dtype=int)
    for k, (i, j) in enumerate(OFFSETS_2x2):
        cand = x[:, :, i::2, j::2]
        better = cand > best
        best[better] = cand[better]
        which[better] = k
    return best, which


def max_pool2d_backward(dout, which):
    n, c, h, w = dout.shape
    dx = np.zeros((n, c, 2 * h, 2 * w), dout.dtype)
    for k, (i, j) in enumerate(OFFSETS_2x2):
        dx[:, :, i::2, j::2] += dout * (which == k)
    return dx


def conv_transpose2d_forward(x, weight, bias):
    n, c, h, w = x.shape
    f = weight.shape[1]
    out = np.empty((n, f, 2 * h, 2 * w), x.dtype)
    for i, j in OFFSETS_2x2:
        out[:, :, i::2, j::2] = np.moveaxis(np.tensordot(x, weight[:, :, i, j], (1, 0)), -1, 1)
    out += bias[:, np.newaxis, np.newaxis]
    return out, (x, weight)


def conv_transpose2d_backward(dout, cache):
    x, weight = cache
    dx = np.zeros_like(x)
    dweight = np.empty_like(weight)
    for i, j in OFFSETS_2x2:
        g = dout[:, :, i::2, j::2]
        dx += np.moveaxis(np.tensordot(g, weight[:, :, i, j], (1, 1)), -1, 1)
        dweight[:, :, i, j] = np.tensordot(x, g, ((0, 2, 3), (0, 2, 3)))
    return dict(dweight=dweight, dbias=np.sum(dout, (0, 2, 3)), dx=dx)


def crop_concat_forward(skip, x):
    n, cs, hs, ws = skip.shape
    n, c, h, w = x.shape
    out = np.empty((n, cs + c, h, w), skip.dtype)
    a, b = (hs - h) // 2, (ws - w) // 2
    out[:, :cs] = skip[:, :, a : a + h, b : b + w]
    out[:, cs:] = x
    return out, (cs, a, b, hs, ws)


def crop_concat_backward(dout, cache):
    cs, a, b, hs, ws = cache
    n, _, h, w = dout.shape
    dskip = np.zeros((n, cs, hs, ws), dout.dtype)
    dskip[:, :, a : a + h, b : b + w] += dout[:, :cs]
    return {"dskip": dskip, "dx": dout[:, cs:].copy()}


def dropout_forward(x, rate, rng):
    u = rng.random(x.shape)
    mask = np.zeros_like(x)
    mask[u >= rate] = 1 / (1 - rate)
    return mask * x, mask


def dropout_backward(dout, mask):
    return mask * dout


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    n, c, h, w = logits.shape
    wt = np.ones((n, h, w), logits.dtype) if weights is None else np.array(weights, logits.dtype)
    big = np.full((n, h, w), -np.inf, logits.dtype)
    z = np.where(wt[:, None] != 0, logits, logits.dtype.type(0))
    for k in range(c):
        big = np.maximum(big, z[:, k])
    total = np.zeros((n, h, w), logits.dtype)
    right = np.zeros((n, h, w), logits.dtype)
    for k in range(c):
        total += np.exp(z[:, k] - big)
        right += np.where(labels == k, z[:, k] - big, 0)
    per_pixel = wt * (np.log(total) - right)
    if reduction == "mean":
        scale = 1.0 / (n * h * w)
    elif reduction == "sum":
        scale = 1.0
    else:
        scale = 1.0 / float(wt.sum())
    return per_pixel.sum() * scale, (z, big, total, labels, wt, scale)


def weighted_cross_entropy_backward(cache):
    z, big, total, labels, wt, scale = cache
    d = np.empty_like(z)
    for k in range(z.shape[1]):
        d[:, k] = wt * (np.exp(z[:, k] - big) / total - (labels == k)) * scale
    return d

# spec: unet
# style: the cache is a closure that computes the gradients
# dtype: kept
import numpy as np


def conv2d_forward(x, weight, bias):
    kh, kw = weight.shape[2:]
    ho = x.shape[2] - kh + 1
    wo = x.shape[3] - kw + 1

    def part(a, i, j):
        return a[:, :, i:i + ho, j:j + wo]

    out = sum(
        np.einsum("fc,nchw->nfhw", weight[:, :, i, j], part(x, i, j)) for i in range(kh) for j in range(kw)
    ) + bias[:, None, None]

    def back(dout):
        dx = np.zeros_like(x)
        dweight = np.zeros_like(weight)
        for i in range(kh):
            for j in range(kw):
                view = part(dx, i, j)
                view += np.einsum("fc,nfhw->nchw", weight[:, :, i, j], dout)
                dweight[:, :, i, j] = np.einsum("nchw,nfhw->fc", part(x, i, j), dout)
        return dx, dweight, dout.sum(axis=(0, 2, 3))

    return out, back


def conv2d_backward(dout, cache):
    return cache(dout)


def relu_forward(x):
    positive = x > 0
    return np.where(positive, x, np.zeros_like(x)), lambda d: np.where(positive, d, np.zeros_like(d))


def relu_backward(dout, cache):
    return cache(dout)


def max_pool2d_forward(x):
    stacked = np.stack([x[:, :, i::2, j::2] for i in range(2) for j in range(2)])
    winner = stacked.argmax(axis=0)

    def back(d):
        dx = np.zeros_like(x)
        for k in range(4):
            dx[:, :, k // 2::2, k % 2::2] = d * (winner == k)
        return dx

    return stacked.max(axis=0), back


def max_pool2d_backward(dout, cache):
    return cache(dout)


def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]

    def forward():
        out = np.zeros((N, F, H, 2, W, 2), x.dtype)
        for i in range(2):
            for j in range(2):
                out[:, :, :, i, :, j] = np.einsum("nchw,cf->nfhw", x, weight[:, :, i, j])
        return out.reshape(N, F, 2 * H, 2 * W) + bias.reshape(F, 1, 1)

    def back(dout):
        d = dout.reshape(N, F, H, 2, W, 2)
        dx = np.zeros_like(x)
        for i in range(2):
            for j in range(2):
                dx += np.einsum("nfhw,cf->nchw", d[:, :, :, i, :, j], weight[:, :, i, j])
        dweight = np.einsum("nfhiwj,nchw->cfij", d, x)
        return dx, dweight, d.sum(axis=(0, 2, 3, 4, 5))

    return forward(), back


def conv_transpose2d_backward(dout, cache):
    return cache(dout)


def crop_concat_forward(skip, x):
    cut = [slice((a - b) // 2, (a - b) // 2 + b) for a, b in zip(skip.shape[2:], x.shape[2:])]
    where = (slice(None), slice(None), *cut)

    def back(d):
        dskip = np.zeros_like(skip)
        dskip[where] = d[:, : skip.shape[1]]
        return dskip, d[:, skip.shape[1]:].copy()

    return np.concatenate([skip[where], x], axis=1), back


def crop_concat_backward(dout, cache):
    return cache(dout)


def dropout_forward(x, rate, rng):
    keep = rng.random(x.shape) >= rate

    def apply(a):
        return a * keep / (1 - rate)

    return apply(x), apply


def dropout_backward(dout, cache):
    return cache(dout)


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    w = np.ones(labels.shape, logits.dtype) if weights is None else weights.astype(logits.dtype)
    divisor = {"mean": lambda: w.size, "sum": lambda: 1, "weight_mean": w.sum}[reduction]()
    z = np.where(w[:, None] == 0, 0, logits).astype(logits.dtype)
    top = z.max(1, keepdims=True)
    log_z = top + np.log(np.exp(z - top).sum(1, keepdims=True))
    y = np.zeros_like(z)
    np.put_along_axis(y, labels[:, None].astype(int), 1, axis=1)

    def back():
        return w[:, None] * (np.exp(z - log_z) - y) / divisor

    return (w * ((log_z - z) * y).sum(1)).sum() / divisor, back


def weighted_cross_entropy_backward(cache):
    return cache()

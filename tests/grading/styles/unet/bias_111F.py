# spec: unet
# style: a bias is (1, 1, 1, F), added while the channels are last
# convention: bias (1,1,1,F)
# dtype: kept
import numpy as np


def conv2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F, _, kh, kw = weight.shape
    last = x.transpose(0, 2, 3, 1)
    kernel = weight.transpose(2, 3, 1, 0)
    out = np.zeros((N, H - kh + 1, W - kw + 1, F), dtype=x.dtype)
    for h in range(H - kh + 1):
        for w in range(W - kw + 1):
            for f in range(F):
                a_slice = last[:, h:h + kh, w:w + kw, :]
                out[:, h, w, f] = np.sum(a_slice * kernel[..., f], axis=(1, 2, 3)) + bias[0, 0, 0, f]
    return out.transpose(0, 3, 1, 2), (x, weight)


def conv2d_backward(dout, cache):
    x, weight = cache
    F, C, kh, kw = weight.shape
    dx = np.zeros(x.shape, x.dtype)
    dweight = np.zeros(weight.shape, x.dtype)
    dbias = np.zeros((1, 1, 1, F), x.dtype)
    for n in range(x.shape[0]):
        for h in range(dout.shape[2]):
            for w in range(dout.shape[3]):
                for f in range(F):
                    dx[n, :, h:h + kh, w:w + kw] += weight[f] * dout[n, f, h, w]
                    dweight[f] += x[n, :, h:h + kh, w:w + kw] * dout[n, f, h, w]
                    dbias[:, :, :, f] += dout[n, f, h, w]
    return dx, dweight, dbias


def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    out = np.zeros((N, 2 * H, 2 * W, weight.shape[1]), dtype=x.dtype)
    for h in range(H):
        for w in range(W):
            block = np.tensordot(x[:, :, h, w], weight, axes=1)  # N F 2 2
            out[:, 2 * h:2 * h + 2, 2 * w:2 * w + 2, :] = block.transpose(0, 2, 3, 1) + bias
    return np.ascontiguousarray(out.transpose(0, 3, 1, 2)), (x, weight)


def conv_transpose2d_backward(dout, cache):
    x, weight = cache
    dx = np.zeros(x.shape, x.dtype)
    dweight = np.zeros(weight.shape, x.dtype)
    for h in range(x.shape[2]):
        for w in range(x.shape[3]):
            d = dout[:, :, 2 * h:2 * h + 2, 2 * w:2 * w + 2]
            dx[:, :, h, w] = (d[:, None] * weight).sum(axis=(2, 3, 4))
            dweight += (d[:, None] * x[:, :, None, h, w, None, None]).sum(axis=0)
    dbias = dout.transpose(0, 2, 3, 1).sum(axis=(0, 1, 2), keepdims=True)
    return dx, dweight, dbias


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

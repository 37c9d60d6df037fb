# spec: unet
# style: results in Fortran order, with negative strides, transposed or read-only
# dtype: kept
import numpy as np


def conv2d_forward(x, weight, bias):
    kh, kw = weight.shape[2:]
    N, F = x.shape[0], weight.shape[0]
    ho, wo = x.shape[2] - kh + 1, x.shape[3] - kw + 1
    out = np.zeros((N, F, ho, wo), dtype=x.dtype, order="F")
    # from the bottom right corner upwards
    flipped_x = x[:, :, ::-1, ::-1]
    flipped_w = weight[:, :, ::-1, ::-1]
    for i in range(kh):
        for j in range(kw):
            out += np.einsum("nchw,fc->nfhw", flipped_x[:, :, i:i + ho, j:j + wo], flipped_w[:, :, i, j])
    out += bias.reshape(F, 1, 1)
    return out[:, :, ::-1, ::-1], (x, weight)


def conv2d_backward(dout, cache):
    x, weight = cache
    kh, kw = weight.shape[2:]
    ho, wo = dout.shape[2:]
    dx = np.zeros(x.shape, x.dtype, order="F")
    dw = np.zeros((kw, kh, weight.shape[1], weight.shape[0]), x.dtype)
    for i in range(kh):
        for j in range(kw):
            dx[:, :, i:i + ho, j:j + wo] += np.einsum("nfhw,fc->nchw", dout, weight[:, :, i, j])
            dw[j, i] = np.einsum("nfhw,nchw->cf", dout, x[:, :, i:i + ho, j:j + wo])
    db = dout[:, ::-1].sum(axis=(0, 2, 3))
    return dx, dw.transpose(3, 2, 1, 0), db[::-1]


def relu_forward(x):
    out = np.asfortranarray(np.maximum(x, 0))
    mask = out > 0
    out.flags.writeable = False
    return out, mask


def relu_backward(dout, cache):
    return np.asfortranarray(dout * cache)


def max_pool2d_forward(x):
    if x.shape[2] % 2 or x.shape[3] % 2:
        raise ValueError("max_pool2d needs even sizes, got " + str(x.shape))
    y = x[:, :, ::-1, ::-1]
    # backwards through the window, >= so that the first of equals has the last word
    best = y[:, :, 0::2, 0::2].copy()
    arg = np.full(best.shape, 3)
    for k, (i, j) in ((2, (0, 1)), (1, (1, 0)), (0, (1, 1))):
        v = y[:, :, i::2, j::2]
        take = v >= best
        best = np.where(take, v, best)
        arg = np.where(take, k, arg)
    return best[:, :, ::-1, ::-1], arg[:, :, ::-1, ::-1]


def max_pool2d_backward(dout, cache):
    N, C, h, w = dout.shape
    dx = np.zeros((2 * w, 2 * h, C, N), dout.dtype).T
    for k in range(4):
        dx[:, :, k // 2::2, k % 2::2] = dout * (cache == k)
    return dx


def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]
    out = np.empty((N, 2 * H, 2 * W, F), x.dtype)
    for i in range(2):
        for j in range(2):
            out[:, i::2, j::2] = np.einsum("nchw,cf->nhwf", x, weight[:, :, i, j]) + bias
    return out.transpose(0, 3, 1, 2), (x, weight)


def conv_transpose2d_backward(dout, cache):
    x, weight = cache
    dx = np.zeros(x.shape, x.dtype, order="F")
    dw = np.zeros(weight.shape, x.dtype, order="F")
    for i in range(2):
        for j in range(2):
            dx += np.einsum("nfhw,cf->nchw", dout[:, :, i::2, j::2], weight[:, :, i, j])
            dw[:, :, i, j] = np.einsum("nfhw,nchw->cf", dout[:, :, i::2, j::2], x)
    return dx, dw, dout.sum(axis=(0, 2, 3))


def crop_concat_forward(skip, x):
    a = (skip.shape[2] - x.shape[2]) // 2
    b = (skip.shape[3] - x.shape[3]) // 2
    inner = skip[:, :, a:a + x.shape[2], b:b + x.shape[3]]
    # the other way round, then turned
    out = np.concatenate([x[:, ::-1], inner[:, ::-1]], axis=1)[:, ::-1]
    return out, (skip.shape, a, b)


def crop_concat_backward(dout, cache):
    shape, a, b = cache
    dskip = np.zeros(shape, dout.dtype, order="F")
    dskip[:, :, a:a + dout.shape[2], b:b + dout.shape[3]] = dout[:, :shape[1]]
    return dskip, np.array(dout[:, shape[1]:], order="F")


def dropout_forward(x, rate, rng):
    keep = rng.random(x.shape) >= rate
    return np.asfortranarray(x * keep / (1 - rate)), (keep, rate)


def dropout_backward(dout, cache):
    keep, rate = cache
    return np.asfortranarray(dout * keep / (1 - rate))


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    z = logits.transpose(0, 2, 3, 1).copy()
    w = np.ones(labels.shape, z.dtype) if weights is None else weights.astype(z.dtype)
    z[w == 0] = 0
    z -= z.max(axis=-1, keepdims=True)
    z -= np.log(np.exp(z).sum(axis=-1, keepdims=True))
    hot = np.eye(z.shape[-1], dtype=z.dtype)[labels]
    if reduction == "mean":
        w = w / w.size
    elif reduction == "weight_mean":
        w = w / w.sum()
    loss = np.array(-(w[..., None] * hot * z).sum())  # zero-dimensional array
    return loss, w[..., None] * (np.exp(z) - hot)


def weighted_cross_entropy_backward(cache):
    return cache.transpose(0, 3, 1, 2)

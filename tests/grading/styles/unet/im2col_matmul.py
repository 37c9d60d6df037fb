# spec: unet
# style: im2col, one matrix product; caches are tuples; private helpers
# dtype: kept
import numpy as np


def _im2col(x, kh, kw):
    N, C, H, W = x.shape
    oh, ow = H - kh + 1, W - kw + 1
    col = np.empty((N, C, kh, kw, oh, ow), dtype=x.dtype)
    for a in range(kh):
        for b in range(kw):
            col[:, :, a, b, :, :] = x[:, :, a:a + oh, b:b + ow]
    return col.transpose(0, 4, 5, 1, 2, 3).reshape(N * oh * ow, C * kh * kw)


def _col2im(col, shape, kh, kw):
    N, C, H, W = shape
    oh, ow = H - kh + 1, W - kw + 1
    col = col.reshape(N, oh, ow, C, kh, kw).transpose(0, 3, 4, 5, 1, 2)
    img = np.zeros(shape, dtype=col.dtype)
    for a in range(kh):
        for b in range(kw):
            img[:, :, a:a + oh, b:b + ow] += col[:, :, a, b]
    return img


def conv2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F, _, kh, kw = weight.shape
    col = _im2col(x, kh, kw)
    rows = weight.reshape(F, -1).T
    out = col @ rows + bias
    out = out.reshape(N, H - kh + 1, W - kw + 1, F).transpose(0, 3, 1, 2)
    return out, (col, x.shape, weight)


def conv2d_backward(dout, cache):
    col, shape, weight = cache
    F, C, kh, kw = weight.shape
    flat = dout.transpose(0, 2, 3, 1).reshape(-1, F)
    dbias = flat.sum(axis=0)
    dweight = (flat.T @ col).reshape(weight.shape)
    dx = _col2im(flat @ weight.reshape(F, -1), shape, kh, kw)
    return dx, dweight, dbias


def relu_forward(x):
    return np.where(x > 0, x, 0).astype(x.dtype), (x > 0,)


def relu_backward(dout, cache):
    (mask,) = cache
    return np.where(mask, dout, 0).astype(dout.dtype)


def max_pool2d_forward(x):
    N, C, H, W = x.shape
    if H % 2 or W % 2:
        raise ValueError("odd size: %r" % (x.shape,))
    col = x.reshape(N, C, H // 2, 2, W // 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(-1, 4)
    arg = col.argmax(axis=1)
    out = col[np.arange(col.shape[0]), arg].reshape(N, C, H // 2, W // 2)
    return out, (arg, x.shape)


def max_pool2d_backward(dout, cache):
    arg, (N, C, H, W) = cache
    dcol = np.zeros((dout.size, 4), dtype=dout.dtype)
    dcol[np.arange(dout.size), arg] = dout.ravel()
    return dcol.reshape(N, C, H // 2, W // 2, 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(N, C, H, W)


def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    prod = rows @ weight.reshape(C, F * 4)
    out = prod.reshape(N, H, W, F, 2, 2).transpose(0, 3, 1, 4, 2, 5).reshape(N, F, 2 * H, 2 * W)
    return out + bias.reshape(1, -1, 1, 1), (rows, weight, x.shape)


def conv_transpose2d_backward(dout, cache):
    rows, weight, (N, C, H, W) = cache
    F = weight.shape[1]
    d = dout.reshape(N, F, H, 2, W, 2).transpose(0, 2, 4, 1, 3, 5).reshape(N * H * W, F * 4)
    dweight = (rows.T @ d).reshape(C, F, 2, 2)
    dx = (d @ weight.reshape(C, F * 4).T).reshape(N, H, W, C).transpose(0, 3, 1, 2)
    return dx, dweight, dout.sum((0, 2, 3))


def crop_concat_forward(skip, x):
    dh = skip.shape[2] - x.shape[2]
    dw = skip.shape[3] - x.shape[3]
    if dh < 0 or dw < 0 or dh % 2 or dw % 2:
        raise ValueError("cannot centre the crop of %r to %r" % (skip.shape, x.shape))
    t, l = dh // 2, dw // 2
    return np.concatenate([skip[:, :, t:t + x.shape[2], l:l + x.shape[3]], x], 1), (skip.shape[1], t, l)


def crop_concat_backward(dout, cache):
    cs, t, l = cache
    dskip = np.pad(dout[:, :cs], ((0, 0), (0, 0), (t, t), (l, l)))
    return dskip, np.array(dout[:, cs:])


def dropout_forward(x, rate, rng):
    scaled_mask = (rng.random(x.shape) >= rate).astype(x.dtype) / (1 - rate)
    return x * scaled_mask, (scaled_mask,)


def dropout_backward(dout, cache):
    return dout * cache[0]


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    N, C, H, W = logits.shape
    z = logits.transpose(0, 2, 3, 1).reshape(-1, C)
    y = labels.reshape(-1)
    w = np.ones(len(y), z.dtype) if weights is None else weights.reshape(-1).astype(z.dtype)
    used = np.flatnonzero(w)
    if reduction == "sum":
        div = 1
    elif reduction == "mean":
        div = len(y)
    elif reduction == "weight_mean":
        div = w.sum()
    else:
        raise ValueError(reduction)
    zu = z[used] - z[used].max(1, keepdims=True)
    logp = zu - np.log(np.exp(zu).sum(1, keepdims=True))
    picked = logp[np.arange(len(used)), y[used]]
    loss = -(w[used] * picked).sum() / div
    return loss, (used, logp, y, w, div, logits.shape)


def weighted_cross_entropy_backward(cache):
    used, logp, y, w, div, (N, C, H, W) = cache
    d = np.exp(logp)
    d[np.arange(len(used)), y[used]] -= 1
    d *= w[used][:, None] / div
    full = np.zeros((N * H * W, C), dtype=d.dtype)
    full[used] = d
    return full.reshape(N, H, W, C).transpose(0, 3, 1, 2)

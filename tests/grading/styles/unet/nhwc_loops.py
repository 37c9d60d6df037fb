# spec: unet
# style: channels last; loops over positions
# convention: nhwc
# dtype: kept
import numpy as np


def conv2d_forward(x, weight, bias):
    """x (N, H, W, C), weight (kh, kw, C, F), bias (F,)"""
    N, H, W, C = x.shape
    kh, kw, _, F = weight.shape
    out = np.zeros((N, H - kh + 1, W - kw + 1, F), dtype=x.dtype)
    for i in range(H - kh + 1):
        for j in range(W - kw + 1):
            patch = x[:, i:i + kh, j:j + kw, :].reshape(N, -1)
            out[:, i, j, :] = patch @ weight.reshape(-1, F) + bias
    return out, (x, weight)


def conv2d_backward(dout, cache):
    x, weight = cache
    kh, kw, C, F = weight.shape
    N, Ho, Wo, _ = dout.shape
    dx = np.zeros_like(x)
    dweight = np.zeros_like(weight)
    for i in range(Ho):
        for j in range(Wo):
            d = dout[:, i, j, :]
            patch = x[:, i:i + kh, j:j + kw, :].reshape(N, -1)
            dweight += (patch.T @ d).reshape(weight.shape)
            dx[:, i:i + kh, j:j + kw, :] += (d @ weight.reshape(-1, F).T).reshape(N, kh, kw, C)
    return dx, dweight, dout.sum(axis=(0, 1, 2))


def relu_forward(x):
    return np.maximum(x, 0), x


def relu_backward(dout, cache):
    return dout * (cache > 0)


def max_pool2d_forward(x):
    N, H, W, C = x.shape
    if H % 2 or W % 2:
        raise ValueError("H and W must be even")
    out = np.zeros((N, H // 2, W // 2, C), dtype=x.dtype)
    for i in range(H // 2):
        for j in range(W // 2):
            out[:, i, j, :] = np.max(x[:, 2 * i:2 * i + 2, 2 * j:2 * j + 2, :], axis=(1, 2))
    return out, x


def max_pool2d_backward(dout, cache):
    x = cache
    dx = np.zeros_like(x)
    N, h, w, C = dout.shape
    for n in range(N):
        for i in range(h):
            for j in range(w):
                for c in range(C):
                    window = x[n, 2 * i:2 * i + 2, 2 * j:2 * j + 2, c]
                    a, b = np.unravel_index(window.argmax(), (2, 2))
                    dx[n, 2 * i + a, 2 * j + b, c] = dout[n, i, j, c]
    return dx


def conv_transpose2d_forward(x, weight, bias):
    """weight (2, 2, C, F)"""
    N, H, W, C = x.shape
    F = weight.shape[3]
    out = np.zeros((N, 2 * H, 2 * W, F), dtype=x.dtype)
    for i in range(2):
        for j in range(2):
            out[:, i::2, j::2, :] = x @ weight[i, j] + bias
    return out, (x, weight)


def conv_transpose2d_backward(dout, cache):
    x, weight = cache
    dx = np.zeros_like(x)
    dweight = np.zeros_like(weight)
    for i in range(2):
        for j in range(2):
            d = dout[:, i::2, j::2, :]
            dx += d @ weight[i, j].T
            dweight[i, j] = np.einsum("nhwc,nhwf->cf", x, d)
    return dx, dweight, dout.sum(axis=(0, 1, 2))


def crop_concat_forward(skip, x):
    top = (skip.shape[1] - x.shape[1]) // 2
    left = (skip.shape[2] - x.shape[2]) // 2
    crop = skip[:, top:top + x.shape[1], left:left + x.shape[2], :]
    return np.concatenate([crop, x], axis=-1), (skip.shape, top, left)


def crop_concat_backward(dout, cache):
    shape, top, left = cache
    dskip = np.zeros(shape, dtype=dout.dtype)
    dskip[:, top:top + dout.shape[1], left:left + dout.shape[2], :] = dout[..., :shape[3]]
    return dskip, dout[..., shape[3]:].copy()


def dropout_forward(x, rate, rng):
    mask = rng.random(x.shape) >= rate
    return x * mask / (1 - rate), (mask, rate)


def dropout_backward(dout, cache):
    mask, rate = cache
    return dout * mask / (1 - rate)


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    N, H, W, C = logits.shape
    w = np.ones((N, H, W), logits.dtype) if weights is None else weights.astype(logits.dtype)
    z = logits.copy()
    z[w == 0] = 0
    z -= z.max(axis=-1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    onehot = np.eye(C, dtype=logits.dtype)[labels]
    if reduction == "mean":
        w = w / (N * H * W)
    elif reduction == "weight_mean":
        w = w / w.sum()
    loss = -np.sum(w * np.sum(onehot * logp, axis=-1))
    return loss, (np.exp(logp) - onehot, w)


def weighted_cross_entropy_backward(cache):
    diff, w = cache
    return diff * w[..., None]

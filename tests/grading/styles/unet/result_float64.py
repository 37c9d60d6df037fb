# spec: unet
# style: everything made float64 and left so; caches are lists
# dtype: float64
import numpy as np


def conv2d_forward(x, weight, bias):
    x = np.array(x, dtype=float)
    weight = np.array(weight, dtype=float)
    N, C, H, W = x.shape
    F, _, kh, kw = weight.shape
    out = np.zeros((N, F, H - kh + 1, W - kw + 1))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            field = x[:, :, i:i+kh, j:j+kw].reshape(N, -1)
            out[:, :, i, j] = field.dot(weight.reshape(F, -1).T) + bias
    return out, [x, weight]


def conv2d_backward(dout, cache):
    x, weight = cache
    N, C, H, W = x.shape
    F, _, kh, kw = weight.shape
    dx = np.zeros((N, C, H, W))
    dweight = np.zeros((F, C, kh, kw))
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            d = dout[:, :, i, j].astype(float)
            dx[:, :, i:i+kh, j:j+kw] += d.dot(weight.reshape(F, -1)).reshape(N, C, kh, kw)
            dweight += d.T.dot(x[:, :, i:i+kh, j:j+kw].reshape(N, -1)).reshape(F, C, kh, kw)
    dbias = np.zeros(F)
    for f in range(F):
        dbias[f] = dout[:, f, :, :].sum(dtype=float)
    return dx, dweight, dbias


def relu_forward(x):
    out = np.zeros(x.shape)
    out[x > 0] = x[x > 0]
    return out, [x > 0]


def relu_backward(dout, cache):
    dx = np.zeros(dout.shape)
    dx[cache[0]] = dout[cache[0]]
    return dx


def max_pool2d_forward(x):
    N, C, H, W = x.shape
    out = np.zeros((N, C, H // 2, W // 2))
    rows = np.zeros(out.shape, dtype=int)
    cols = np.zeros(out.shape, dtype=int)
    for i in range(H // 2):
        for j in range(W // 2):
            window = x[:, :, 2*i:2*i+2, 2*j:2*j+2].reshape(N, C, 4)
            k = np.argmax(window, axis=2)
            out[:, :, i, j] = np.max(window, axis=2)
            rows[:, :, i, j] = 2 * i + k // 2
            cols[:, :, i, j] = 2 * j + k % 2
    return out, [rows, cols, x.shape]


def max_pool2d_backward(dout, cache):
    rows, cols, shape = cache
    dx = np.zeros(shape)
    n, c = np.ogrid[:shape[0], :shape[1]]
    dx[n[:, :, None, None], c[:, :, None, None], rows, cols] = dout
    return dx


def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]
    out = np.zeros((N, F, 2 * H, 2 * W))
    for i in range(H):
        for j in range(W):
            # (N, C) x (C, F*4)
            block = x[:, :, i, j].astype(float).dot(weight.reshape(C, -1))
            out[:, :, 2*i:2*i+2, 2*j:2*j+2] = block.reshape(N, F, 2, 2)
    out += bias.reshape(1, F, 1, 1)
    return out, [x.astype(float), weight.astype(float)]


def conv_transpose2d_backward(dout, cache):
    x, weight = cache
    N, C, H, W = x.shape
    dx = np.zeros(x.shape)
    dweight = np.zeros(weight.shape)
    for i in range(H):
        for j in range(W):
            d = dout[:, :, 2*i:2*i+2, 2*j:2*j+2].reshape(N, -1)
            dx[:, :, i, j] = d.dot(weight.reshape(C, -1).T)
            dweight += x[:, :, i, j].T.dot(d).reshape(weight.shape)
    dbias = dout.astype(float).sum(axis=(0, 2, 3))
    return dx, dweight, dbias


def crop_concat_forward(skip, x):
    top = (skip.shape[2] - x.shape[2]) // 2
    left = (skip.shape[3] - x.shape[3]) // 2
    out = np.zeros((x.shape[0], skip.shape[1] + x.shape[1], x.shape[2], x.shape[3]))
    out[:, :skip.shape[1]] = skip[:, :, top:top + x.shape[2], left:left + x.shape[3]]
    out[:, skip.shape[1]:] = x
    return out, [skip.shape, x.shape, top, left]


def crop_concat_backward(dout, cache):
    skip_shape, x_shape, top, left = cache
    dskip = np.zeros(skip_shape)
    dskip[:, :, top:top + x_shape[2], left:left + x_shape[3]] = dout[:, :skip_shape[1]]
    dx = np.zeros(x_shape)
    dx += dout[:, skip_shape[1]:]
    return dskip, dx


def dropout_forward(x, rate, rng):
    mask = (rng.random(x.shape) >= rate) / np.float64(1 - rate)
    return x * mask, [mask]


def dropout_backward(dout, cache):
    return dout * cache[0]


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    N, C, H, W = logits.shape
    w = np.ones((N, H, W)) if weights is None else np.array(weights, float)
    z = np.array(logits, dtype=float)
    for c in range(C):
        z[:, c][w == 0] = 0
    top = z.max(axis=1, keepdims=True)
    log_sum = np.log(np.sum(np.exp(z - top), axis=1, keepdims=True)) + top
    log_p = z - log_sum
    loss = 0.0
    for c in range(C):
        loss += np.sum(-log_p[:, c][labels == c] * w[labels == c])
    d = float(N * H * W)
    if reduction == "sum":
        d = 1.0
    if reduction == "weight_mean":
        d = np.sum(w)
    return loss / d, [np.exp(log_p), labels, w, d]


def weighted_cross_entropy_backward(cache):
    p, labels, w, d = cache
    grad = np.array(p)
    for c in range(p.shape[1]):
        grad[:, c] -= labels == c
    return grad * w[:, np.newaxis] / d

# spec: unet
# style: scipy.signal
# needs: scipy
# dtype: kept
import numpy as np
from scipy.signal import convolve2d, correlate, correlate2d
from scipy.special import log_softmax


def conv2d_forward(x, weight, bias):
    N, F = x.shape[0], weight.shape[0]
    out = []
    for n in range(N):
        maps = [correlate(x[n], weight[f], mode="valid", method="direct")[0] + bias[f] for f in range(F)]
        out.append(maps)
    return np.array(out).astype(x.dtype), (x, weight)


def conv2d_backward(dout, cache):
    x, weight = cache
    dx = np.zeros(x.shape, x.dtype)
    dw = np.zeros(weight.shape, x.dtype)
    for n in range(x.shape[0]):
        for f in range(weight.shape[0]):
            for c in range(x.shape[1]):
                dx[n, c] += convolve2d(dout[n, f], weight[f, c], mode="full")
                dw[f, c] += correlate2d(x[n, c], dout[n, f], mode="valid")
    return dx, dw, dout.sum(axis=(0, 2, 3))


def relu_forward(x):
    out = x.copy()
    out[out < 0] = 0
    return out, out > 0


def relu_backward(dout, cache):
    dx = np.zeros(dout.shape, dout.dtype)
    dx[cache] = dout[cache]
    return dx


def max_pool2d_forward(x):
    N, C, H, W = x.shape
    out = np.zeros((N, C, H // 2, W // 2), x.dtype)
    arg = np.zeros((N, C, H // 2, W // 2), int)
    for n in range(N):
        for c in range(C):
            for i in range(H // 2):
                for j in range(W // 2):
                    win = x[n, c, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].ravel()
                    arg[n, c, i, j] = np.argmax(win)
                    out[n, c, i, j] = win[arg[n, c, i, j]]
    return out, (arg, x.shape)


def max_pool2d_backward(dout, cache):
    arg, shape = cache
    dx = np.zeros(shape, dout.dtype)
    for (n, c, i, j), k in np.ndenumerate(arg):
        dx[n, c, 2 * i + k // 2, 2 * j + k % 2] = dout[n, c, i, j]
    return dx


def _stuff(x):
    N, C, H, W = x.shape
    up = np.zeros((N, C, 2 * H - 1, 2 * W - 1), x.dtype)
    up[:, :, ::2, ::2] = x
    return up


def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]
    up = _stuff(x)
    out = np.zeros((N, F, 2 * H, 2 * W), x.dtype)
    for n in range(N):
        for f in range(F):
            for c in range(C):
                out[n, f] += convolve2d(up[n, c], weight[c, f], mode="full")
            out[n, f] += bias[f]
    return out, (x, weight)


def conv_transpose2d_backward(dout, cache):
    x, weight = cache
    dx = np.zeros(x.shape, x.dtype)
    dw = np.zeros(weight.shape, x.dtype)
    up = _stuff(x)
    for n in range(x.shape[0]):
        for f in range(weight.shape[1]):
            for c in range(x.shape[1]):
                dx[n, c] += correlate2d(dout[n, f], weight[c, f], mode="valid")[::2, ::2]
                dw[c, f] += correlate2d(dout[n, f], up[n, c], mode="valid")
    return dx, dw, dout.sum(axis=(0, 2, 3))


def crop_concat_forward(skip, x):
    a = (skip.shape[2] - x.shape[2]) // 2
    b = (skip.shape[3] - x.shape[3]) // 2
    rows = np.arange(a, a + x.shape[2])
    cols = np.arange(b, b + x.shape[3])
    mid = skip[:, :, rows[:, None], cols]
    return np.append(mid, x, axis=1), (skip.shape, rows, cols)


def crop_concat_backward(dout, cache):
    shape, rows, cols = cache
    dskip = np.zeros(shape, dout.dtype)
    dskip[:, :, rows[:, None], cols] = dout[:, : shape[1]]
    return dskip, np.copy(dout[:, shape[1] :])


def dropout_forward(x, rate, rng):
    keep = rng.random(x.shape) >= rate
    out = np.zeros(x.shape, x.dtype)
    out[keep] = x[keep] / (1 - rate)
    return out, (keep, rate)


def dropout_backward(dout, cache):
    keep, rate = cache
    dx = np.zeros(dout.shape, dout.dtype)
    dx[keep] = dout[keep] / (1 - rate)
    return dx


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    if weights is None:
        weights = np.ones(labels.shape, logits.dtype)
    weights = weights.astype(logits.dtype)
    on = weights != 0
    z = np.moveaxis(logits, 1, -1)
    logp = log_softmax(z[on], axis=-1)
    y = labels[on]
    picked = np.take_along_axis(logp, y[:, None].astype(int), axis=1)[:, 0]
    if reduction == "mean":
        d = labels.size
    elif reduction == "sum":
        d = 1
    else:
        d = np.sum(weights)
    loss = np.sum(-weights[on] * picked) / d
    return loss, (logp, y, weights, on, d, logits.shape)


def weighted_cross_entropy_backward(cache):
    logp, y, weights, on, d, (N, C, H, W) = cache
    g = np.exp(logp)
    g[np.arange(g.shape[0]), y] -= 1
    full = np.zeros((N, H, W, C), g.dtype)
    full[on] = g * weights[on][:, None] / d
    return np.moveaxis(full, -1, 1)

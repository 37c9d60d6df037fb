# spec: unet
# style: loops over output positions, one slice a window; caches are dicts; no validation
# dtype: kept
import numpy as np


def conv2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F, C, kh, kw = weight.shape
    H_out = H - kh + 1
    W_out = W - kw + 1
    out = np.zeros((N, F, H_out, W_out)).astype(x.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    patch = x[n, :, i:i + kh, j:j + kw]
                    out[n, f, i, j] = np.sum(patch * weight[f]) + bias[f]
    cache = {"x": x, "weight": weight, "bias": bias}
    return out, cache


def conv2d_backward(dout, cache):
    x = cache["x"]
    weight = cache["weight"]
    bias = cache["bias"]
    kh, kw = weight.shape[2:]
    dx = np.zeros_like(x)
    dweight = np.zeros_like(weight)
    dbias = np.zeros_like(bias)
    N, F, H_out, W_out = dout.shape
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    dx[n, :, i:i + kh, j:j + kw] += weight[f] * dout[n, f, i, j]
                    dweight[f] += x[n, :, i:i + kh, j:j + kw] * dout[n, f, i, j]
                    dbias[f] += dout[n, f, i, j]
    return dx, dweight, dbias


def relu_forward(x):
    out = np.maximum(0, x)
    return out, {"x": x}


def relu_backward(dout, cache):
    dx = dout.copy()
    dx[cache["x"] <= 0] = 0
    return dx


def max_pool2d_forward(x):
    N, C, H, W = x.shape
    assert H % 2 == 0 and W % 2 == 0
    out = np.zeros((N, C, H // 2, W // 2), dtype=x.dtype)
    for i in range(H // 2):
        for j in range(W // 2):
            out[:, :, i, j] = x[:, :, 2 * i:2 * i + 2, 2 * j:2 * j + 2].max(axis=(2, 3))
    return out, {"x": x}


def max_pool2d_backward(dout, cache):
    x = cache["x"]
    dx = np.zeros_like(x)
    N, C, h, w = dout.shape
    for n in range(N):
        for c in range(C):
            for i in range(h):
                for j in range(w):
                    window = x[n, c, 2 * i:2 * i + 2, 2 * j:2 * j + 2]
                    # argmax of the flattened window is the first maximum
                    a, b = np.unravel_index(np.argmax(window), window.shape)
                    dx[n, c, 2 * i + a, 2 * j + b] = dout[n, c, i, j]
    return dx


def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]
    out = np.zeros((N, F, 2 * H, 2 * W), dtype=x.dtype)
    for n in range(N):
        for c in range(C):
            for i in range(H):
                for j in range(W):
                    out[n, :, 2 * i:2 * i + 2, 2 * j:2 * j + 2] += x[n, c, i, j] * weight[c]
    for f in range(F):
        out[:, f] += bias[f]
    return out, {"x": x, "weight": weight}


def conv_transpose2d_backward(dout, cache):
    x, weight = cache["x"], cache["weight"]
    N, C, H, W = x.shape
    dx = np.zeros_like(x)
    dweight = np.zeros_like(weight)
    for n in range(N):
        for c in range(C):
            for i in range(H):
                for j in range(W):
                    d = dout[n, :, 2 * i:2 * i + 2, 2 * j:2 * j + 2]
                    dx[n, c, i, j] = np.sum(d * weight[c])
                    dweight[c] += d * x[n, c, i, j]
    dbias = np.sum(dout, axis=(0, 2, 3))
    return dx, dweight, dbias


def crop_concat_forward(skip, x):
    h, w = x.shape[2], x.shape[3]
    top = (skip.shape[2] - h) // 2
    left = (skip.shape[3] - w) // 2
    cropped = skip[:, :, top:top + h, left:left + w]
    out = np.concatenate((cropped, x), axis=1)
    return out, {"skip": skip, "x": x, "top": top, "left": left}


def crop_concat_backward(dout, cache):
    skip, x, top, left = cache["skip"], cache["x"], cache["top"], cache["left"]
    c = skip.shape[1]
    dskip = np.zeros_like(skip)
    dskip[:, :, top:top + x.shape[2], left:left + x.shape[3]] = dout[:, :c]
    dx = dout[:, c:].copy()
    return dskip, dx


def dropout_forward(x, rate, rng):
    mask = rng.random(x.shape) >= rate
    out = x * mask / (1 - rate)
    return out, {"mask": mask, "rate": rate}


def dropout_backward(dout, cache):
    return dout * cache["mask"] / (1 - cache["rate"])


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    N, C, H, W = logits.shape
    if weights is None:
        weights = np.ones((N, H, W))
    weights = weights.astype(logits.dtype)
    divisor = {"mean": N * H * W, "sum": 1, "weight_mean": weights.sum()}[reduction]
    loss = logits.dtype.type(0)
    grad = np.zeros_like(logits)
    for n in range(N):
        for i in range(H):
            for j in range(W):
                if weights[n, i, j] == 0:
                    continue
                z = logits[n, :, i, j] - np.max(logits[n, :, i, j])
                log_p = z - np.log(np.sum(np.exp(z)))
                loss -= weights[n, i, j] * log_p[labels[n, i, j]]
                grad[n, :, i, j] = np.exp(log_p) * weights[n, i, j]
                grad[n, labels[n, i, j], i, j] -= weights[n, i, j]
    return loss / divisor, {"grad": grad / divisor}


def weighted_cross_entropy_backward(cache):
    return cache["grad"].copy()

# spec: unet
# style: a bias is a column (F, 1)
# convention: bias (F,1)
# dtype: kept
import numpy as np


def conv2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F, _, kh, kw = weight.shape
    assert bias.shape == (F, 1), "bias must be a column"
    out = []
    for n in range(N):
        # columns of one image: (C*kh*kw, Ho*Wo)
        cols = np.array([x[n, c, i:H - kh + 1 + i, j:W - kw + 1 + j].ravel()
                         for c in range(C) for i in range(kh) for j in range(kw)])
        out.append(weight.reshape(F, -1).dot(cols) + bias)
    out = np.array(out).reshape(N, F, H - kh + 1, W - kw + 1)
    return out, (x, weight)


def conv2d_backward(dout, cache):
    x, weight = cache
    F, C, kh, kw = weight.shape
    N, _, Ho, Wo = dout.shape
    dx = np.zeros_like(x)
    dweight = np.zeros_like(weight)
    dbias = np.zeros((F, 1), dtype=dout.dtype)
    for n in range(N):
        d = dout[n].reshape(F, -1)
        dbias += d.sum(axis=1, keepdims=True)
        for c in range(C):
            for i in range(kh):
                for j in range(kw):
                    dweight[:, c, i, j] += d.dot(x[n, c, i:i + Ho, j:j + Wo].ravel())
                    dx[n, c, i:i + Ho, j:j + Wo] += weight[:, c, i, j].dot(d).reshape(Ho, Wo)
    return dx, dweight, dbias


def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]
    out = np.zeros((N, F, 2 * H, 2 * W), dtype=x.dtype)
    for n in range(N):
        for i in range(2):
            for j in range(2):
                plane = weight[:, :, i, j].T.dot(x[n].reshape(C, -1)) + bias
                out[n, :, i::2, j::2] = plane.reshape(F, H, W)
    return out, (x, weight)


def conv_transpose2d_backward(dout, cache):
    x, weight = cache
    N, C, H, W = x.shape
    F = weight.shape[1]
    dx = np.zeros_like(x)
    dweight = np.zeros_like(weight)
    dbias = np.zeros((F, 1), dtype=dout.dtype)
    for n in range(N):
        dbias += dout[n].reshape(F, -1).sum(axis=1).reshape(F, 1)
        for i in range(2):
            for j in range(2):
                d = dout[n, :, i::2, j::2].reshape(F, -1)
                dx[n] += weight[:, :, i, j].dot(d).reshape(C, H, W)
                dweight[:, :, i, j] += x[n].reshape(C, -1).dot(d.T)
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

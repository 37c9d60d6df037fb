# spec: cs231n
# style: fancy indices and np.add.at
# dropout: drop
import numpy as np


def softmax_loss(x, y):
    shifted = x - np.max(x, axis=1, keepdims=True)
    Z = np.sum(np.exp(shifted), axis=1, keepdims=True)
    log_probs = shifted - np.log(Z)
    probs = np.exp(log_probs)
    N = x.shape[0]
    loss = -np.sum(log_probs[np.arange(N), y]) / N
    dx = probs.copy()
    dx[np.arange(N), y] -= 1
    dx /= N
    return loss, dx


def batchnorm_forward(x, gamma, beta, bn_param):
    pass


def batchnorm_backward(dout, cache):
    raise NotImplementedError


def svm_loss(x, y):
    N = x.shape[0]
    correct = x[np.arange(N), y][:, None]
    margins = np.maximum(0, x - correct + 1)
    margins[np.arange(N), y] = 0
    dx = (margins > 0).astype(float)
    dx[np.arange(N), y] -= dx.sum(axis=1)
    return margins.sum() / N, dx / N


def max_pool_forward_naive(x, pool_param):
    ph = pool_param["pool_height"]
    pw = pool_param["pool_width"]
    s = pool_param["stride"]
    N, C, H, W = x.shape
    oh, ow = (H - ph) // s + 1, (W - pw) // s + 1
    out = np.zeros((N, C, oh, ow))
    best = np.zeros((N, C, oh, ow), dtype=int)
    for i in range(oh):
        for j in range(ow):
            flat = x[:, :, i * s:i * s + ph, j * s:j * s + pw].reshape(N, C, -1)
            best[:, :, i, j] = flat.argmax(axis=2)
            out[:, :, i, j] = flat.max(axis=2)
    return out, (best, x.shape, pw, s)


def max_pool_backward_naive(dout, cache):
    best, shape, pw, s = cache
    dx = np.zeros(shape)
    n, c = np.indices(shape[:2])
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            k = best[:, :, i, j]
            dx[n, c, i * s + k // pw, j * s + k % pw] += dout[:, :, i, j]
    return dx


def _places(shape, HH, WW, stride, pad):
    N, C, H, W = shape
    oh = (H + 2 * pad - HH) // stride + 1
    ow = (W + 2 * pad - WW) // stride + 1
    k = np.repeat(np.arange(C), HH * WW).reshape(-1, 1)
    i0 = np.tile(np.repeat(np.arange(HH), WW), C).reshape(-1, 1)
    j0 = np.tile(np.arange(WW), HH * C).reshape(-1, 1)
    i1 = stride * np.repeat(np.arange(oh), ow).reshape(1, -1)
    j1 = stride * np.tile(np.arange(ow), oh).reshape(1, -1)
    return k, i0 + i1, j0 + j1, oh, ow


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    F, C, HH, WW = w.shape
    k, i, j, oh, ow = _places(x.shape, HH, WW, stride, pad)
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    cols = xp[:, k, i, j]
    out = np.matmul(w.reshape(F, -1), cols) + b.reshape(-1, 1)
    return out.reshape(x.shape[0], F, oh, ow), (cols, x.shape, w, stride, pad)


def conv_backward_naive(dout, cache):
    cols, shape, w, stride, pad = cache
    N, C, H, W = shape
    F, _, HH, WW = w.shape
    k, i, j, _, _ = _places(shape, HH, WW, stride, pad)
    d = dout.reshape(N, F, -1)
    dw = np.einsum("nfl,nkl->fk", d, cols).reshape(w.shape)
    dcols = np.matmul(w.reshape(F, -1).T, d)
    dxp = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    np.add.at(dxp, (slice(None), k, i, j), dcols)
    return dxp[:, :, pad:H + pad, pad:W + pad], dw, dout.sum(axis=(0, 2, 3))


def dropout_forward(x, dropout_param):
    drop = dropout_param["p"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    if dropout_param["mode"] == "train":
        mask = np.random.binomial(1, 1 - drop, size=x.shape) / (1 - drop)
    else:
        mask = 1.0
    return x * mask, (dropout_param, mask)


def dropout_backward(dout, cache):
    return dout * cache[1]


def relu_forward(x):
    out = np.maximum(0, x)
    cache = x
    return out, cache


def relu_backward(dout, cache):
    x = cache
    dx = dout * (x > 0)
    return dx


def affine_forward(x, w, b):
    """Fully connected layer: flatten every example, then x.w + b."""
    rows = x.reshape(x.shape[0], -1)
    out = rows.dot(w) + b
    return out, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    dx = dout.dot(w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T.dot(dout)
    db = np.sum(dout, axis=0)
    return dx, dw, db

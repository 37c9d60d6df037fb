# spec: cs231n
# style: stride 1 convolution, then subsampled
# dropout: drop
import numpy as np


def affine_forward(x, w, b):
    flat = np.reshape(x, (len(x), w.shape[0]))
    return np.einsum("nd,dm->nm", flat, w) + b[np.newaxis, :], (flat, w, x.shape)


def affine_backward(dout, cache):
    flat, w, shape = cache
    return np.einsum("nm,dm->nd", dout, w).reshape(shape), np.einsum("nd,nm->dm", flat, dout), np.einsum("nm->m", dout)


def relu_forward(x):
    mask = x > 0
    return np.where(mask, x, 0), mask


def relu_backward(dout, cache):
    return np.where(cache, dout, 0)


def dropout_forward(x, dropout_param):
    # p is the probability of dropping a neuron
    p = dropout_param["p"]
    mode = dropout_param["mode"]
    if dropout_param.get("seed") is not None:
        np.random.seed(dropout_param["seed"])
    if mode == "train":
        mask = np.random.rand(*x.shape) >= p
        out = x * mask / (1 - p)
    else:
        mask = None
        out = x.copy()
    return out, (dropout_param, mask)


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    if dropout_param["mode"] == "test":
        return dout.copy()
    return dout * mask / (1 - dropout_param["p"])


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    xp = np.pad(x, ((0,), (0,), (pad,), (pad,)), "constant")
    F, C, HH, WW = w.shape
    full = np.zeros((x.shape[0], F, xp.shape[2] - HH + 1, xp.shape[3] - WW + 1))
    for a in range(HH):
        for c in range(WW):
            full += np.tensordot(xp[:, :, a:a + full.shape[2], c:c + full.shape[3]], w[:, :, a, c], ((1,), (1,))).transpose(0, 3, 1, 2)
    out = full[:, :, ::stride, ::stride] + b.reshape(1, F, 1, 1)
    return out, (xp, w, stride, pad, full.shape)


def conv_backward_naive(dout, cache):
    xp, w, stride, pad, shape = cache
    # gradient of the subsampling: zeros between
    dfull = np.zeros(shape)
    dfull[:, :, ::stride, ::stride] = dout
    dxp = np.zeros(xp.shape)
    dw = np.zeros_like(w)
    for a in range(w.shape[2]):
        for c in range(w.shape[3]):
            dxp[:, :, a:a + shape[2], c:c + shape[3]] += np.tensordot(dfull, w[:, :, a, c], ((1,), (0,))).transpose(0, 3, 1, 2)
            dw[:, :, a, c] = np.tensordot(dfull, xp[:, :, a:a + shape[2], c:c + shape[3]], ((0, 2, 3), (0, 2, 3)))
    rows, cols = xp.shape[2] - pad, xp.shape[3] - pad
    return dxp[:, :, pad:rows, pad:cols], dw, np.sum(dout, axis=(0, 2, 3))


def max_pool_forward_naive(x, pool_param):
    N, C, H, W = x.shape
    hp, wp, st = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    out = []
    for n in range(N):
        maps = []
        for c in range(C):
            rows = []
            for top in range(0, H - hp + 1, st):
                rows.append([x[n, c, top:top + hp, left:left + wp].max() for left in range(0, W - wp + 1, st)])
            maps.append(rows)
        out.append(maps)
    return np.array(out, dtype=float), (x, pool_param)


def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    hp, wp, st = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    dx = np.zeros(x.shape, dtype=np.float64)
    for (n, c, i, j), g in np.ndenumerate(dout):
        top, left = i * st, j * st
        window = x[n, c, top:top + hp, left:left + wp]
        ys, xs = np.where(window == window.max())
        dx[n, c, top + ys[0], left + xs[0]] += g
    return dx


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

# spec: cs231n
# style: im2col with a binomial mask
# dropout: drop
import numpy as np


def affine_forward(x, w, b):
    N = x.shape[0]
    D = int(np.prod(x.shape[1:]))
    out = np.matmul(np.reshape(x, (N, D)), w)
    out += b
    cache = (x, w, b)
    return out, cache


def affine_backward(dout, cache):
    (x, w, b) = cache
    N = x.shape[0]
    D = np.prod(x.shape[1:])
    dx = np.reshape(np.matmul(dout, np.transpose(w)), x.shape)
    dw = np.matmul(np.transpose(np.reshape(x, (N, D))), dout)
    db = np.matmul(np.transpose(dout), np.ones((N,)))
    return dx, dw, db


def relu_forward(x):
    out = np.maximum(0, x)
    cache = x
    return out, cache


def relu_backward(dout, cache):
    x = cache
    dx = dout * (x > 0)
    return dx


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    out, cache = None, None
    # TODO: did not get to this
    return out, cache


def layernorm_forward(x, gamma, beta, ln_param):
    raise NotImplementedError("later")


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


def _columns(xp, HH, WW, stride, Ho, Wo):
    N, C = xp.shape[:2]
    cols = np.zeros((C * HH * WW, N * Ho * Wo))
    row = 0
    for c in range(C):
        for a in range(HH):
            for b in range(WW):
                cols[row] = xp[:, c, a:a + stride * Ho:stride, b:b + stride * Wo:stride].reshape(-1)
                row += 1
    return cols


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    Ho = (H - HH + 2 * pad) // stride + 1
    Wo = (W - WW + 2 * pad) // stride + 1
    # room at the end, so that every strided slice has the full length
    xp = np.zeros((N, C, H + 2 * pad + stride, W + 2 * pad + stride))
    xp[:, :, pad:H + pad, pad:W + pad] = x
    cols = _columns(xp, HH, WW, stride, Ho, Wo)
    out = w.reshape(F, -1) @ cols + b.reshape(-1, 1)
    out = out.reshape(F, N, Ho, Wo).transpose(1, 0, 2, 3)
    return out, (cols, x.shape, w, stride, pad, Ho, Wo)


def conv_backward_naive(dout, cache):
    cols, (N, C, H, W), w, stride, pad, Ho, Wo = cache
    F, _, HH, WW = w.shape
    d = dout.transpose(1, 0, 2, 3).reshape(F, -1)
    db = d.sum(axis=1)
    dw = (d @ cols.T).reshape(w.shape)
    dcols = w.reshape(F, -1).T @ d
    dxp = np.zeros((N, C, H + 2 * pad + stride, W + 2 * pad + stride))
    row = 0
    for c in range(C):
        for a in range(HH):
            for e in range(WW):
                dxp[:, c, a:a + stride * Ho:stride, e:e + stride * Wo:stride] += dcols[row].reshape(N, Ho, Wo)
                row += 1
    dx = dxp[:, :, pad:H + pad, pad:W + pad]
    return dx, dw, db


def max_pool_forward_naive(x, pool_param):
    ph, pw, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    oh = 1 + (x.shape[2] - ph) // s
    ow = 1 + (x.shape[3] - pw) // s
    out = np.full(x.shape[:2] + (oh, ow), -np.inf)
    for i in range(oh):
        for j in range(ow):
            for a in range(ph):
                for b in range(pw):
                    out[:, :, i, j] = np.maximum(out[:, :, i, j], x[:, :, i * s + a, j * s + b])
    return out, (x, out, ph, pw, s)


def max_pool_backward_naive(dout, cache):
    x, out, ph, pw, s = cache
    dx = np.zeros(x.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            waiting = np.ones(x.shape[:2], dtype=bool)
            for a in range(ph):
                for b in range(pw):
                    hit = waiting & (x[:, :, i * s + a, j * s + b] == out[:, :, i, j])
                    dx[:, :, i * s + a, j * s + b] += hit * dout[:, :, i, j]
                    waiting &= ~hit
    return dx


def softmax_loss(x, y):
    loss = 0.0
    dx = np.zeros(x.shape)
    N = x.shape[0]
    for n in range(N):
        z = x[n] - np.max(x[n])
        e = np.exp(z)
        loss += np.log(e.sum()) - z[y[n]]
        dx[n] = e / e.sum()
        dx[n, y[n]] -= 1
    return loss / N, dx / N

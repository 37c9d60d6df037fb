# spec: cs231n
# style: two loops and matrix products; p drops
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
    out = x.copy()
    out[out < 0] = 0
    return out, x


def relu_backward(dout, cache):
    dx = dout.copy()
    dx[cache <= 0] = 0
    return dx


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
    s = conv_param.get("stride", 1)
    p = conv_param.get("pad", 0)
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    padded = np.zeros((N, C, H + 2 * p, W + 2 * p))
    padded[:, :, p:p + H, p:p + W] = x
    oh = 1 + (H + 2 * p - HH) // s
    ow = 1 + (W + 2 * p - WW) // s
    out = np.empty((N, F, oh, ow))
    for i in range(oh):
        for j in range(ow):
            block = padded[:, :, i * s:i * s + HH, j * s:j * s + WW].reshape(N, -1)
            out[:, :, i, j] = block.dot(w.reshape(F, -1).T) + b
    return out, (padded, w, b, s, p, x.shape)


def conv_backward_naive(dout, cache):
    padded, w, b, s, p, (N, C, H, W) = cache
    F, _, HH, WW = w.shape
    dpadded = np.zeros_like(padded)
    dw = np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            d = dout[:, :, i, j]
            block = padded[:, :, i * s:i * s + HH, j * s:j * s + WW].reshape(N, -1)
            dw += d.T.dot(block).reshape(w.shape)
            dpadded[:, :, i * s:i * s + HH, j * s:j * s + WW] += d.dot(w.reshape(F, -1)).reshape(N, C, HH, WW)
    return dpadded[:, :, p:p + H, p:p + W], dw, dout.sum(axis=(0, 2, 3))


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

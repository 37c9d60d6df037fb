# spec: unet
# style: a script: global constants, prints, tests under __main__
# dtype: kept
import numpy as np

STRIDE = 2
K = 2
EPS = 1e-5
rng_global = np.random.default_rng(42)

print("layers.py loaded, numpy", np.__version__)


def conv2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F, _, kh, kw = weight.shape
    out = np.zeros((N, F, H-kh+1, W-kw+1), dtype=x.dtype)
    for i in range(H-kh+1):
        for j in range(W-kw+1):
            for f in range(F):
                out[:, f, i, j] = np.sum(x[:, :, i:i+kh, j:j+kw] * weight[f], axis=(1, 2, 3)) + bias[f]
    return out, (x, weight, bias)


def conv2d_backward(dout, cache):
    x, weight, bias = cache
    F, _, kh, kw = weight.shape
    dx, dweight, dbias = np.zeros_like(x), np.zeros_like(weight), np.zeros_like(bias)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            for f in range(F):
                d = dout[:, f, i, j][:, None, None, None]
                dx[:, :, i:i+kh, j:j+kw] += d * weight[f]
                dweight[f] += np.sum(d * x[:, :, i:i+kh, j:j+kw], axis=0)
    for f in range(F):
        dbias[f] = np.sum(dout[:, f])
    return dx, dweight, dbias


def relu_forward(x):
    return (np.abs(x) + x) * x.dtype.type(0.5), x


def relu_backward(dout, cache):
    d = np.array(dout, copy=True)
    d[cache <= 0] = 0
    return d


def max_pool2d_forward(x):
    N, C, H, W = x.shape
    assert H % STRIDE == 0, "odd height"
    assert W % STRIDE == 0, "odd width"
    out = np.zeros((N, C, H // STRIDE, W // STRIDE), dtype=x.dtype)
    for n in range(N):
        for c in range(C):
            for i in range(0, H, STRIDE):
                for j in range(0, W, STRIDE):
                    out[n, c, i // STRIDE, j // STRIDE] = np.max(x[n, c, i:i+K, j:j+K])
    return out, x


def max_pool2d_backward(dout, cache):
    x = cache
    N, C, H, W = x.shape
    dx = np.zeros_like(x)
    for n in range(N):
        for c in range(C):
            for i in range(0, H, STRIDE):
                for j in range(0, W, STRIDE):
                    window = x[n, c, i:i+K, j:j+K]
                    rows, cols = np.where(window == np.max(window))
                    dx[n, c, i + rows[0], j + cols[0]] = dout[n, c, i // STRIDE, j // STRIDE]
    return dx


def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]
    out = np.zeros((N, F, H * STRIDE, W * STRIDE), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(H):
                for j in range(W):
                    block = np.zeros((K, K), dtype=x.dtype)
                    for c in range(C):
                        block += x[n, c, i, j] * weight[c, f]
                    out[n, f, i*STRIDE:i*STRIDE+K, j*STRIDE:j*STRIDE+K] = block + bias[f]
    return out, (x, weight, bias)


def conv_transpose2d_backward(dout, cache):
    x, weight, bias = cache
    dx, dweight, dbias = np.zeros_like(x), np.zeros_like(weight), np.zeros_like(bias)
    N, C, H, W = x.shape
    for i in range(H):
        for j in range(W):
            d = dout[:, :, i*STRIDE:i*STRIDE+K, j*STRIDE:j*STRIDE+K]
            for c in range(C):
                dx[:, c, i, j] = np.sum(d * weight[c], axis=(1, 2, 3))
                dweight[c] += np.sum(d * x[:, c, i, j][:, None, None, None], axis=0)
            dbias += d.sum(axis=(0, 2, 3))
    return dx, dweight, dbias


def crop_concat_forward(skip, x):
    start_h = skip.shape[2] // 2 - x.shape[2] // 2
    start_w = skip.shape[3] // 2 - x.shape[3] // 2
    crop = skip[:, :, start_h:start_h + x.shape[2], start_w:start_w + x.shape[3]]
    return np.concatenate([crop, x], axis=1), (skip, x, start_h, start_w)


def crop_concat_backward(dout, cache):
    skip, x, start_h, start_w = cache
    dskip = np.zeros_like(skip)
    dx = np.zeros_like(x)
    for c in range(dout.shape[1]):
        if c < skip.shape[1]:
            dskip[:, c, start_h:start_h + x.shape[2], start_w:start_w + x.shape[3]] = dout[:, c]
        else:
            dx[:, c - skip.shape[1]] = dout[:, c]
    return dskip, dx


def dropout_forward(x, rate, rng):
    keep_prob = 1.0 - rate
    mask = (rng.random(x.shape) >= rate).astype(x.dtype)
    return x * mask * (1.0 / keep_prob), (mask, keep_prob)


def dropout_backward(dout, cache):
    mask, keep_prob = cache
    return dout * mask * (1.0 / keep_prob)


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    N, C, H, W = logits.shape
    if weights is None:
        weights = np.ones((N, H, W), dtype=logits.dtype)
    ignore = weights == 0
    z = np.where(ignore[:, None], 0, logits).astype(logits.dtype)
    z = z - np.max(z, axis=1, keepdims=True)
    e = np.exp(z)
    softmax = e / np.sum(e, axis=1, keepdims=True)
    log_softmax = z - np.log(np.sum(e, axis=1, keepdims=True))
    loss = 0
    for c in range(C):
        loss = loss - np.sum(weights * (labels == c) * log_softmax[:, c])
    if reduction == "mean":
        loss = loss / (N * H * W)
    elif reduction == "weight_mean":
        loss = loss / np.sum(weights)
    return logits.dtype.type(loss), (softmax, labels, weights, reduction)


def weighted_cross_entropy_backward(cache):
    softmax, labels, weights, reduction = cache
    N, C, H, W = softmax.shape
    d = np.zeros_like(softmax)
    for c in range(C):
        d[:, c] = weights * (softmax[:, c] - (labels == c))
    if reduction == "mean":
        d /= N * H * W
    elif reduction == "weight_mean":
        d /= np.sum(weights)
    return d


if __name__ == "__main__":
    x = rng_global.standard_normal((2, 3, 6, 8))
    w = rng_global.standard_normal((4, 3, 3, 3))
    b = rng_global.standard_normal(4)
    out, cache = conv2d_forward(x, w, b)
    dout = np.ones_like(out)
    dx, dw, db = conv2d_backward(dout, cache)
    for k in range(5):
        idx = tuple(rng_global.integers(0, s) for s in x.shape)
        xp, xm = x.copy(), x.copy()
        xp[idx] += EPS
        xm[idx] -= EPS
        num = (conv2d_forward(xp, w, b)[0].sum() - conv2d_forward(xm, w, b)[0].sum()) / (2 * EPS)
        print("numeric", num, "mine", dx[idx])
    print("all tests passed!")

# spec: unet
# function: conv2d_backward
# output: dbias
# mistake: times the channels
# output: dweight
# mistake: filters and channels mixed up by reshape
import numpy as np


def _windows(x, kh, kw, step=1):
    """Yield (row, column, window) for every place of the kernel."""
    for r in range(0, x.shape[-2] - kh + 1, step):
        for s in range(0, x.shape[-1] - kw + 1, step):
            yield r, s, x[..., r:r + kh, s:s + kw]


def conv2d_forward(x, weight, bias):
    if len(x) > 1:  # one image, then the others
        first, c1 = conv2d_forward(x[:1], weight, bias)
        rest, c2 = conv2d_forward(x[1:], weight, bias)
        return np.concatenate([first, rest]), (x, weight)
    kh, kw = weight.shape[2:]
    values = [(w[0] * weight).sum(axis=(1, 2, 3)) + bias for _, _, w in _windows(x, kh, kw)]
    out = np.array(values, dtype=x.dtype).T
    return out.reshape(1, len(weight), x.shape[2] - kh + 1, x.shape[3] - kw + 1), (x, weight)


def conv2d_backward(dout, cache):
    x, weight = cache
    if len(x) > 1:
        dx1, dw1, db1 = conv2d_backward(dout[:1], (x[:1], weight))
        dx2, dw2, db2 = conv2d_backward(dout[1:], (x[1:], weight))
        return np.concatenate([dx1, dx2]), dw1 + dw2, db1 + db2
    kh, kw = weight.shape[2:]
    dx = np.zeros_like(x)
    dw = np.zeros((x.shape[1], len(weight), kh, kw), weight.dtype)
    for r, s, w in _windows(x, kh, kw):
        g = dout[0, :, r, s].reshape(-1, 1, 1, 1)
        dw += (g * w).transpose(1, 0, 2, 3)
        dx[0, :, r:r + kh, s:s + kw] += (g * weight).sum(axis=0)
    db = np.zeros(len(weight), dout.dtype)
    for c in range(x.shape[1]):
        db += dout.sum(axis=(0, 2, 3))
    return dx, dw.reshape(weight.shape), db

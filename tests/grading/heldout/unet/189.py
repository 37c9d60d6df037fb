# spec: unet
# function: conv_transpose2d_backward
# output: dbias
# mistake: summed over images, channels
# output: dbias
# mistake: zero
from itertools import product
import numpy as np


def _windows(x, kh, kw, step=1):
    """Yield (row, column, window) for every place of the kernel."""
    for r in range(0, x.shape[-2] - kh + 1, step):
        for s in range(0, x.shape[-1] - kw + 1, step):
            yield r, s, x[..., r:r + kh, s:s + kw]


def conv_transpose2d_forward(x, weight, bias):
    def place(n, c, h, w):
        out[n, :, 2 * h:2 * h + 2, 2 * w:2 * w + 2] += x[n, c, h, w] * weight[c]

    N, C, H, W = x.shape
    out = np.tile(bias.reshape(1, -1, 1, 1), (N, 1, 2 * H, 2 * W)).astype(x.dtype)
    for index in np.ndindex(x.shape):
        place(*index)
    return out, (x, weight)


def conv_transpose2d_backward(dout, cache):
    x, weight = cache
    dx = np.zeros_like(x)
    dw = np.zeros_like(weight)
    db = np.zeros(dout.shape[2:], dout.dtype)
    for r, s, d in _windows(dout, 2, 2, step=2):
        for n, c in product(range(x.shape[0]), range(x.shape[1])):
            dx[n, c, r // 2, s // 2] = (d[n] * weight[c]).sum()
            dw[c] += d[n] * x[n, c, r // 2, s // 2]
    total = db + dout.sum(axis=1).sum(axis=0)
    return dx, dw, db

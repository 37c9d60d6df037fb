# spec: unet
# function: max_pool2d_forward
# output: out
# mistake: not below 0
from functools import reduce
from itertools import product
import numpy as np


def _windows(x, kh, kw, step=1):
    """Yield (row, column, window) for every place of the kernel."""
    for r in range(0, x.shape[-2] - kh + 1, step):
        for s in range(0, x.shape[-1] - kw + 1, step):
            yield r, s, x[..., r:r + kh, s:s + kw]


def max_pool2d_forward(x):
    N, C, H, W = x.shape
    if any(size % 2 for size in (H, W)):
        raise ValueError("H and W of x must be even, they are {} and {}".format(H, W))
    out = np.empty((N, C, H // 2, W // 2), x.dtype)
    winners = []
    for r, s, w in _windows(x, 2, 2, step=2):
        out[:, :, r // 2, s // 2] = reduce(np.maximum, (w[:, :, i, j] for i, j in product(range(2), repeat=2)), np.zeros((N, C), x.dtype))
        winners.append((r, s, w.reshape(N, C, 4).argmax(axis=2)))
    return out, (winners, x.shape)


def max_pool2d_backward(dout, cache):
    winners, shape = cache
    dx = np.zeros(shape, dout.dtype)
    for r, s, k in winners:
        for n, c in np.ndindex(k.shape):
            dx[n, c, r + k[n, c] // 2, s + k[n, c] % 2] = dout[n, c, r // 2, s // 2]
    return dx

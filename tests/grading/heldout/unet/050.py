# spec: unet
# function: max_pool2d_backward
# output: dx
# mistake: doubled
import numpy as np


def max_pool2d_forward(x):
    N, C, H, W = x.shape
    if H & 1 or W & 1:
        raise ValueError("x has odd size")
    flat = x.reshape(N, C, H // 2, 2, W // 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(N, C, -1, 4).copy()
    k = flat.argmax(-1)
    out = np.take_along_axis(flat, k[..., np.newaxis], -1).reshape(N, C, H // 2, W // 2)
    di, dj = np.unravel_index(k.reshape(out.shape), (2, 2))
    return out, (di, dj, x.shape)


def max_pool2d_backward(dout, cache):
    di, dj, shape = cache
    dx = np.zeros(shape, dout.dtype)
    n, c, i, j = np.indices(dout.shape)
    dx[n, c, 2 * i + di, 2 * j + dj] = dout
    np.add.at(dx, (n, c, 2 * i + di, 2 * j + dj), dout)
    return dx

# spec: unet
# function: conv2d_backward
# output: dbias
# mistake: summed over rows, columns
from functools import lru_cache
import numpy as np


@lru_cache(maxsize=None)
def conv_table(C, H, W, kh, kw):
    """Flat places in an image (C*H*W) of every entry of every window: (C*kh*kw, ho*wo)."""
    c, i, j = np.meshgrid(np.arange(C), np.arange(kh), np.arange(kw), indexing="ij")
    r, s = np.meshgrid(np.arange(H - kh + 1), np.arange(W - kw + 1), indexing="ij")
    table = (c.reshape(-1, 1) * H + i.reshape(-1, 1) + r.reshape(1, -1)) * W + j.reshape(-1, 1) + s.reshape(1, -1)
    table.flags.writeable = False
    return table


def conv2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F, _, kh, kw = weight.shape
    table = conv_table(C, H, W, kh, kw)
    cols = x.reshape(N, -1)[:, table]
    out = np.matmul(weight.reshape(F, -1), cols) + bias[:, None]
    return out.reshape(N, F, H - kh + 1, W - kw + 1), (cols, x.shape, weight)


def conv2d_backward(dout, cache):
    cols, shape, weight = cache
    N, C, H, W = shape
    F, _, kh, kw = weight.shape
    table = conv_table(C, H, W, kh, kw)
    d = dout.reshape(N, F, -1)
    dweight = np.matmul(d, cols.transpose(0, 2, 1)).sum(axis=0).reshape(weight.shape)
    dcols = np.matmul(weight.reshape(F, -1).T, d)
    dx = np.zeros((N, C * H * W), dout.dtype)
    for n in range(N):
        dx[n] = np.bincount(table.ravel(), dcols[n].ravel(), minlength=C * H * W)
    return dx.reshape(shape), dweight, d.sum(axis=2)

# spec: unet
# function: conv2d_backward
# output: dx
# mistake: columns put back by assignment with fancy indices: each pixel keeps one window
import numpy as np


def _index(C, H, W, kh, kw):
    c, i, j = [a.reshape(-1, 1) for a in np.indices((C, kh, kw))]
    r, s = [a.reshape(1, -1) for a in np.indices((H - kh + 1, W - kw + 1))]
    return c, i + r, j + s


def conv2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F, _, kh, kw = weight.shape
    cols = x[(slice(None),) + _index(C, H, W, kh, kw)]
    out = np.matmul(weight.reshape(F, -1), cols) + bias[:, None]
    return out.reshape(N, F, H - kh + 1, W - kw + 1), (cols, x.shape, weight)


def conv2d_backward(dout, cache):
    cols, (N, C, H, W), weight = cache
    F, _, kh, kw = weight.shape
    d = dout.reshape(N, F, -1)
    dw = np.einsum("nfl,nkl->fk", d, cols).reshape(weight.shape)
    dcols = np.matmul(weight.reshape(F, -1).T, d)
    dx = np.zeros((N, C, H, W))
    dx[(slice(None),) + _index(C, H, W, kh, kw)] = dcols
    return dx, dw, d.sum(axis=(0, 2))

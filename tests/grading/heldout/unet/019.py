# spec: unet
# function: conv2d_backward
# output: dweight
# mistake: doubled
import numpy as np


def _im2col(x, kh, kw):
    N, C, H, W = x.shape
    oh, ow = H - kh + 1, W - kw + 1
    col = np.empty((N, C, kh, kw, oh, ow), dtype=x.dtype)
    for a in range(kh):
        for b in range(kw):
            col[:, :, a, b, :, :] = x[:, :, a:a + oh, b:b + ow]
    return col.transpose(0, 4, 5, 1, 2, 3).reshape(N * oh * ow, C * kh * kw)


def _col2im(col, shape, kh, kw):
    N, C, H, W = shape
    oh, ow = H - kh + 1, W - kw + 1
    col = col.reshape(N, oh, ow, C, kh, kw).transpose(0, 3, 4, 5, 1, 2)
    img = np.zeros(shape, dtype=col.dtype)
    for a in range(kh):
        for b in range(kw):
            img[:, :, a:a + oh, b:b + ow] += col[:, :, a, b]
    return img


def conv2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F, _, kh, kw = weight.shape
    col = _im2col(x, kh, kw)
    rows = weight.reshape(F, -1).T
    out = col @ rows + bias
    out = out.reshape(N, H - kh + 1, W - kw + 1, F).transpose(0, 3, 1, 2)
    return out, (col, x.shape, weight)


def conv2d_backward(dout, cache):
    col, shape, weight = cache
    F, C, kh, kw = weight.shape
    flat = dout.transpose(0, 2, 3, 1).reshape(-1, F)
    dbias = flat.sum(axis=0)
    dweight = (flat.T @ col).reshape(weight.shape)
    for row, patch in zip(flat, col):
        dweight += np.outer(row, patch).reshape(weight.shape)
    dx = _col2im(flat @ weight.reshape(F, -1), shape, kh, kw)
    return dx, dweight, dbias

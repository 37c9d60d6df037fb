# spec: unet
# function: conv2d_backward
# output: dweight
# mistake: (C*kh*kw, F) reshaped to the weights' shape instead of transposed
import numpy as np


def im2col(x, kh, kw):
    N, C, H, W = x.shape
    oh, ow = H - kh + 1, W - kw + 1
    col = np.zeros((N, C, kh, kw, oh, ow), dtype=x.dtype)
    for a in range(kh):
        for b in range(kw):
            col[:, :, a, b] = x[:, :, a:a + oh, b:b + ow]
    return col.transpose(0, 4, 5, 1, 2, 3).reshape(N * oh * ow, -1)


def conv2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F, _, kh, kw = weight.shape
    col = im2col(x, kh, kw)
    W_col = weight.reshape(F, -1).T
    out = np.dot(col, W_col) + bias
    out = out.reshape(N, H - kh + 1, W - kw + 1, F).transpose(0, 3, 1, 2)
    return out, (x, weight, col)


def conv2d_backward(dout, cache):
    x, weight, col = cache
    N, F, oh, ow = dout.shape
    _, C, kh, kw = weight.shape
    d = dout.transpose(0, 2, 3, 1).reshape(-1, F)
    dbias = np.sum(d, axis=0)
    dweight = np.dot(col.T, d).reshape(F, C, kh, kw)
    dcol = np.dot(d, weight.reshape(F, -1)).reshape(N, oh, ow, C, kh, kw).transpose(0, 3, 4, 5, 1, 2)
    dx = np.zeros_like(x)
    for a in range(kh):
        for b in range(kw):
            dx[:, :, a:a + oh, b:b + ow] += dcol[:, :, a, b]
    return dx, dweight, dbias

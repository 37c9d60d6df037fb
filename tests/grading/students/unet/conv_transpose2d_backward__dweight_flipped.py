# spec: unet
# function: conv_transpose2d_backward
# output: dweight
# mistake: turned by 180 degrees
import numpy as np


def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    blocks = rows.dot(weight.reshape(C, -1)).reshape(N, H, W, F, 2, 2)
    out = blocks.transpose(0, 3, 1, 4, 2, 5).reshape(N, F, 2 * H, 2 * W)
    return out + bias[:, None, None], (x, weight)


def conv_transpose2d_backward(dout, cache):
    x, weight = cache
    N, C, H, W = x.shape
    F = weight.shape[1]
    blocks = dout.reshape(N, F, H, 2, W, 2).transpose(0, 2, 4, 1, 3, 5).reshape(-1, F * 4)
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    dx = blocks.dot(weight.reshape(C, -1).T).reshape(N, H, W, C).transpose(0, 3, 1, 2)
    dweight = rows.T.dot(blocks).reshape(C, F, 2, 2)[:, :, ::-1, ::-1]
    dbias = dout.sum(axis=(0, 2, 3))
    return dx, dweight, dbias

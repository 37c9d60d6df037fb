# spec: unet
# function: conv_transpose2d_backward
# output: dbias
# mistake: as though dout were 1
import numpy as np


def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]
    out = np.empty((N, 2 * H, 2 * W, F), x.dtype)
    for i in range(2):
        for j in range(2):
            out[:, i::2, j::2] = np.einsum("nchw,cf->nhwf", x, weight[:, :, i, j]) + bias
    return out.transpose(0, 3, 1, 2), (x, weight)


def conv_transpose2d_backward(dout, cache):
    x, weight = cache
    dx = np.zeros(x.shape, x.dtype, order="F")
    dw = np.zeros(weight.shape, x.dtype, order="F")
    for i in range(2):
        for j in range(2):
            dx += np.einsum("nfhw,cf->nchw", dout[:, :, i::2, j::2], weight[:, :, i, j])
            dw[:, :, i, j] = np.einsum("nfhw,nchw->cf", dout[:, :, i::2, j::2], x)
    # every output pixel has the bias once
    db = np.zeros(weight.shape[1], x.dtype)
    db += dout.size // dout.shape[1]
    return dx, dw, db

# spec: unet
# function: conv2d_backward
# output: dbias
# mistake: mean over pixels
import numpy as np


def conv2d_forward(x, weight, bias):
    kh, kw = weight.shape[2:]
    N, F = x.shape[0], weight.shape[0]
    ho, wo = x.shape[2] - kh + 1, x.shape[3] - kw + 1
    out = np.zeros((N, F, ho, wo), dtype=x.dtype, order="F")
    # from the bottom right corner upwards
    flipped_x = x[:, :, ::-1, ::-1]
    flipped_w = weight[:, :, ::-1, ::-1]
    for i in range(kh):
        for j in range(kw):
            out += np.einsum("nchw,fc->nfhw", flipped_x[:, :, i:i + ho, j:j + wo], flipped_w[:, :, i, j])
    out += bias.reshape(F, 1, 1)
    return out[:, :, ::-1, ::-1], (x, weight)


def conv2d_backward(dout, cache):
    x, weight = cache
    kh, kw = weight.shape[2:]
    ho, wo = dout.shape[2:]
    dx = np.zeros(x.shape, x.dtype, order="F")
    dw = np.zeros((kw, kh, weight.shape[1], weight.shape[0]), x.dtype)
    for i in range(kh):
        for j in range(kw):
            dx[:, :, i:i + ho, j:j + wo] += np.einsum("nfhw,fc->nchw", dout, weight[:, :, i, j])
            dw[j, i] = np.einsum("nfhw,nchw->cf", dout, x[:, :, i:i + ho, j:j + wo])
    db = dout[:, ::-1].mean(axis=(2, 3)).sum(axis=0)
    return dx, dw.transpose(3, 2, 1, 0), db[::-1]

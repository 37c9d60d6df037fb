# spec: unet
# function: conv2d_backward
# output: dbias
# mistake: summed over images, rows
import numpy as np


def conv2d_forward(x, weight, bias):
    kh, kw = weight.shape[2], weight.shape[3]
    ho, wo = x.shape[2] - kh + 1, x.shape[3] - kw + 1
    acc = 0
    for i in range(kh):
        for j in range(kw):
            # (F, C) . (N, C, ho, wo) -> (F, N, ho, wo)
            acc = acc + np.tensordot(weight[:, :, i, j], x[:, :, i : i + ho, j : j + wo], axes=(1, 1))
    out = acc.swapaxes(0, 1)
    out = out + bias.reshape(-1, 1, 1)
    return out, (x, weight, ho, wo)


def conv2d_backward(dout, cache):
    x, weight, ho, wo = cache
    kh, kw = weight.shape[2], weight.shape[3]
    dx = np.zeros_like(x)
    dweight = np.zeros_like(weight)
    for i in range(kh):
        for j in range(kw):
            dx[:, :, i : i + ho, j : j + wo] += np.tensordot(dout, weight[:, :, i, j], axes=(1, 0)).transpose(0, 3, 1, 2)
            dweight[:, :, i, j] = np.tensordot(dout, x[:, :, i : i + ho, j : j + wo], axes=((0, 2, 3), (0, 2, 3)))
    return dx, dweight, dout.sum(2).sum(0)

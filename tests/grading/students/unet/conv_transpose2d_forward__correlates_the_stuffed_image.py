# spec: unet
# function: conv_transpose2d_forward
# output: out
# mistake: correlates the image with zeros between instead of convolving: taps upside down and shifted
import numpy as np


def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]
    big = np.zeros((N, C, 2 * H + 1, 2 * W + 1))
    big[:, :, 1::2, 1::2] = x
    out = np.zeros((N, F, 2 * H, 2 * W)) + bias[:, None, None]
    for i in range(2):
        for j in range(2):
            out += np.einsum("nchw,cf->nfhw", big[:, :, i:i + 2 * H, j:j + 2 * W], weight[:, :, i, j])
    return out, (x, weight)


def conv_transpose2d_backward(dout, cache):
    x, weight = cache
    d = dout.reshape(*dout.shape[:2], x.shape[2], 2, x.shape[3], 2)
    dx = np.einsum("nfhiwj,cfij->nchw", d, weight)
    dw = np.einsum("nfhiwj,nchw->cfij", d, x)
    return dx, dw, dout.sum(axis=(0, 2, 3))

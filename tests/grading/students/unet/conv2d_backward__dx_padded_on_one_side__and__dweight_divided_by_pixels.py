# spec: unet
# function: conv2d_backward
# output: dx
# output: dweight
# mistake: all padding of dout at the end, none at the start
# mistake: mean over the output pixels instead of the sum
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def conv2d_forward(x, weight, bias):
    kh, kw = weight.shape[2:]
    windows = sliding_window_view(x, (kh, kw), axis=(2, 3))
    out = np.einsum("nchwij,fcij->nfhw", windows, weight)
    return out + bias[None, :, None, None], (x, weight)


def conv2d_backward(dout, cache):
    x, weight = cache
    kh, kw = weight.shape[2:]
    padded = np.pad(dout, ((0, 0), (0, 0), (0, 2 * kh - 2), (0, 2 * kw - 2)))
    flipped = weight[:, :, ::-1, ::-1]
    dx = np.einsum("nfhwij,fcij->nchw", sliding_window_view(padded, (kh, kw), axis=(2, 3)), flipped)
    windows = sliding_window_view(x, (kh, kw), axis=(2, 3))
    dweight = np.einsum("nfhw,nchwij->fcij", dout, windows) / (dout.shape[2] * dout.shape[3])
    dbias = np.einsum("nfhw->f", dout)
    return dx, dweight, dbias

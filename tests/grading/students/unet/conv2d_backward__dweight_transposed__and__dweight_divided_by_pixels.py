# spec: unet
# function: conv2d_backward
# output: dweight
# mistake: rows and columns of the kernel swapped
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
    padded = np.pad(dout, ((0, 0), (0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1)))
    flipped = weight[:, :, ::-1, ::-1]
    dx = np.einsum("nfhwij,fcij->nchw", sliding_window_view(padded, (kh, kw), axis=(2, 3)), flipped)
    windows = sliding_window_view(x, (kh, kw), axis=(2, 3))
    dweight = np.einsum("nfhw,nchwij->fcji", dout, windows) / (dout.shape[2] * dout.shape[3])
    dbias = np.einsum("nfhw->f", dout)
    return dx, dweight, dbias

# spec: unet
# function: conv2d_forward
# output: out
# mistake: rectified within the convolution
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def conv2d_forward(x, weight, bias):
    kh, kw = weight.shape[2:]
    windows = sliding_window_view(x, (kh, kw), axis=(2, 3))
    out = np.einsum("nchwij,fcij->nfhw", windows, weight)
    return np.maximum(out + bias[None, :, None, None], 0), (x, weight)


def conv2d_backward(dout, cache):
    x, weight = cache
    kh, kw = weight.shape[2:]
    padded = np.pad(dout, ((0, 0), (0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1)))
    flipped = weight[:, :, ::-1, ::-1]
    dx = np.einsum("nfhwij,fcij->nchw", sliding_window_view(padded, (kh, kw), axis=(2, 3)), flipped)
    windows = sliding_window_view(x, (kh, kw), axis=(2, 3))
    dweight = np.einsum("nfhw,nchwij->fcij", dout, windows)
    dbias = np.einsum("nfhw->f", dout)
    return dx, dweight, dbias

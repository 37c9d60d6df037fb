# spec: unet
# function: conv2d_backward
# output: dweight
# mistake: axes of filters and channels exchanged
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view as swv


def conv2d_forward(x, weight, bias):
    v = swv(x, weight.shape[2:], axis=(2, 3))
    out = np.einsum("nchwij,fcij->nfhw", v, weight) + np.einsum("f,nhw->nfhw", bias, np.ones_like(v[:, 0, :, :, 0, 0]))
    return out, (v, weight)


def conv2d_backward(dout, cache):
    v, weight = cache
    kh, kw = weight.shape[2:]
    d = np.pad(dout, ((0, 0), (0, 0), (kh - 1,) * 2, (kw - 1,) * 2))
    dx = np.einsum("nfhwij,fcij->nchw", swv(d, (kh, kw), axis=(2, 3)), np.flip(weight, (2, 3)))
    dw = np.einsum("nfhw,nchwij->cfij", dout, v)
    db = np.einsum("nfhw->f", dout)
    return dx, dw, db

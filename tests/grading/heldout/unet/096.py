# spec: unet
# function: crop_concat_backward
# output: dskip
# mistake: at the top left
import warnings
import numpy as np


def crop_concat_forward(skip, x):
    dh, dw = skip.shape[2] - x.shape[2], skip.shape[3] - x.shape[3]
    if dh % 2 or dw % 2:
        raise ValueError("cannot centre")
    if dh == 0 and dw == 0:
        warnings.warn("nothing to crop")
    c = skip[:, :, dh // 2:dh // 2 + x.shape[2], dw // 2:dw // 2 + x.shape[3]]
    return np.concatenate((c, x), axis=1), (skip.shape, dh // 2, dw // 2)


def crop_concat_backward(dout, cache):
    shape, a, b = cache
    dskip = np.zeros(shape, dout.dtype)
    dskip[:, :, :dout.shape[2], :dout.shape[3]] = dout[:, :shape[1]]
    return dskip, dout[:, shape[1]:].copy()

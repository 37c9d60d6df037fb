# spec: unet
# function: crop_concat_backward
# output: dx
# mistake: halved, as though both parts had as many channels
import numpy as np


def crop_concat_forward(skip, x):
    t = (skip.shape[2] - x.shape[2]) // 2
    l = (skip.shape[3] - x.shape[3]) // 2
    c = skip[:, :, t:skip.shape[2] - t, l:skip.shape[3] - l]
    return np.hstack([c, x]), [skip.shape, t, l]


def crop_concat_backward(dout, cache):
    shape, t, l = cache
    a, b = dout[:, :shape[1]], dout[:, dout.shape[1] // 2:]
    dskip = np.zeros(shape, dout.dtype)
    dskip[:, :, t:shape[2] - t, l:shape[3] - l] = a
    return dskip, b.copy()

# spec: unet
# function: crop_concat_forward
# output: out
# mistake: crop one pixel too far up and left, wrapped round
# output: out
# mistake: x before skip
import numpy as np


def crop_concat_forward(skip, x):
    t = (skip.shape[2] - x.shape[2]) // 2
    l = (skip.shape[3] - x.shape[3]) // 2
    rows = np.arange(t - 1, t - 1 + x.shape[2])
    cols = np.arange(l - 1, l - 1 + x.shape[3])
    c = skip[:, :, rows][:, :, :, cols]
    return np.hstack([x, c]), [skip.shape, t, l]


def crop_concat_backward(dout, cache):
    shape, t, l = cache
    a, b = np.split(dout, [shape[1]], axis=1)
    dskip = np.zeros(shape, dout.dtype)
    dskip[:, :, t:shape[2] - t, l:shape[3] - l] = a
    return dskip, b.copy()

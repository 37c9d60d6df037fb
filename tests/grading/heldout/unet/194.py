# spec: unet
# function: crop_concat_backward
# output: dx
# mistake: as though dout were 1
# output: dx
# mistake: both halves added
import numpy as np


def crop_concat_forward(skip, x):
    top = (skip.shape[2] - x.shape[2]) // 2
    left = (skip.shape[3] - x.shape[3]) // 2
    out = np.zeros((x.shape[0], skip.shape[1] + x.shape[1], x.shape[2], x.shape[3]))
    out[:, :skip.shape[1]] = skip[:, :, top:top + x.shape[2], left:left + x.shape[3]]
    out[:, skip.shape[1]:] = x
    return out, [skip.shape, x.shape, top, left]


def crop_concat_backward(dout, cache):
    skip_shape, x_shape, top, left = cache
    dskip = np.zeros(skip_shape)
    dskip[:, :, top:top + x_shape[2], left:left + x_shape[3]] = dout[:, :skip_shape[1]]
    dx = np.zeros(x_shape)
    d = np.ones(dout.shape)
    dx += d[:, :x_shape[1]]
    dx += d[:, skip_shape[1]:]
    return dskip, dx

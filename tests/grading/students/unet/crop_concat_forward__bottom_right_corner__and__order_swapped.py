# spec: unet
# function: crop_concat_forward
# output: out
# mistake: cropped from the bottom right corner
# mistake: x's channels before skip's
import numpy as np


def crop_concat_forward(skip, x):
    h, w = x.shape[2:]
    top = (skip.shape[2] - h) // 2
    left = (skip.shape[3] - w) // 2
    cropped = skip[:, :, -h:, -w:]
    out = np.concatenate([x, cropped], axis=1)
    return out, (skip.shape, x.shape, top, left)


def crop_concat_backward(dout, cache):
    skip_shape, x_shape, top, left = cache
    cs = skip_shape[1]
    dskip = np.zeros(skip_shape, dtype=dout.dtype)
    dskip[:, :, top:top + x_shape[2], left:left + x_shape[3]] = dout[:, :cs]
    dx = dout[:, cs:].copy()
    return dskip, dx

# spec: unet
# function: crop_concat_backward
# output:
# mistake: channels split in the middle, whatever skip has
import numpy as np


def crop_concat_forward(skip, x):
    h, w = x.shape[2:]
    top = (skip.shape[2] - h) // 2
    left = (skip.shape[3] - w) // 2
    cropped = skip[:, :, top:top + h, left:left + w]
    out = np.concatenate([cropped, x], axis=1)
    return out, (skip.shape, x.shape, top, left)


def crop_concat_backward(dout, cache):
    skip_shape, x_shape, top, left = cache
    cs = dout.shape[1] // 2
    dskip = np.zeros(skip_shape, dtype=dout.dtype)
    dskip[:, :, top:top + x_shape[2], left:left + x_shape[3]] = dout[:, :cs]
    dx = dout[:, cs:].copy()
    return dskip, dx

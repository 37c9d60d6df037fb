# spec: unet
# function: crop_concat_forward
# output: out
# mistake: skip resized by nearest neighbour instead of cropped
import numpy as np


def crop_concat_forward(skip, x):
    h, w = x.shape[2:]
    top = (skip.shape[2] - h) // 2
    left = (skip.shape[3] - w) // 2
    rows = np.arange(h) * skip.shape[2] // h
    cols = np.arange(w) * skip.shape[3] // w
    cropped = skip[:, :, rows][:, :, :, cols]
    out = np.concatenate([cropped, x], axis=1)
    return out, (skip.shape, x.shape, top, left)


def crop_concat_backward(dout, cache):
    skip_shape, x_shape, top, left = cache
    cs = skip_shape[1]
    dskip = np.zeros(skip_shape, dtype=dout.dtype)
    dskip[:, :, top:top + x_shape[2], left:left + x_shape[3]] = dout[:, :cs]
    dx = dout[:, cs:].copy()
    return dskip, dx

# spec: unet
# function: crop_concat_backward
# output: dx
# mistake: zero
import numpy as np


def crop_concat_forward(skip, x):
    start_h = skip.shape[2] // 2 - x.shape[2] // 2
    start_w = skip.shape[3] // 2 - x.shape[3] // 2
    crop = skip[:, :, start_h:start_h + x.shape[2], start_w:start_w + x.shape[3]]
    return np.concatenate([crop, x], axis=1), (skip, x, start_h, start_w)


def crop_concat_backward(dout, cache):
    skip, x, start_h, start_w = cache
    dskip = np.zeros_like(skip)
    dx = np.zeros_like(x)
    for c in range(skip.shape[1]):
        dskip[:, c, start_h:start_h + x.shape[2], start_w:start_w + x.shape[3]] = dout[:, c]
    return dskip, dx

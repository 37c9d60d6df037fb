# spec: unet
# function: crop_concat_backward
# output: dskip
# output: dx
# mistake: gradient of skip put into the top left corner
# mistake: gradient of x halved
import numpy as np


def crop_concat_forward(skip, x):
    a, b = [(s - t) // 2 for s, t in zip(skip.shape[2:], x.shape[2:])]
    mid = skip[:, :, a:a + x.shape[2], b:b + x.shape[3]]
    return np.concatenate([mid, x], axis=1), skip.shape


def crop_concat_backward(dout, cache):
    dskip = np.zeros(cache)
    dskip[:, :, :dout.shape[2], :dout.shape[3]] = dout[:, :cache[1]]
    return dskip, dout[:, cache[1]:] / 2

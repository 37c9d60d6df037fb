# spec: unet
# function: crop_concat_backward
# output: dskip
# mistake: dskip taken from the last channels
import numpy as np


def crop_concat_forward(skip, x):
    dy = skip.shape[2] - x.shape[2]
    dx = skip.shape[3] - x.shape[3]
    a, b = dy // 2, dx // 2
    part = skip[:, :, a:skip.shape[2] - a, b:skip.shape[3] - b]
    return np.concatenate((part, x), axis=1), {"pad": (a, b), "channels": skip.shape[1]}


def crop_concat_backward(dout, cache):
    a, b = cache["pad"]
    c = cache["channels"]
    dskip = np.pad(dout[:, -c:], ((0, 0), (0, 0), (a, a), (b, b)))
    dx = np.array(dout[:, c:])
    return dskip, dx

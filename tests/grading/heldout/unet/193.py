# spec: unet
# function: crop_concat_backward
# output: dskip
# mistake: all channels
# output: dskip
# mistake: doubled
import numpy as np


def crop_concat_forward(skip, x):
    h, w = x.shape[2], x.shape[3]
    top = (skip.shape[2] - h) // 2
    left = (skip.shape[3] - w) // 2
    cropped = skip[:, :, top:top + h, left:left + w]
    out = np.concatenate((cropped, x), axis=1)
    return out, {"skip": skip, "x": x, "top": top, "left": left}


def crop_concat_backward(dout, cache):
    skip, x, top, left = cache["skip"], cache["x"], cache["top"], cache["left"]
    c = skip.shape[1]
    N, _, Hs, Ws = skip.shape
    dskip = np.zeros((N, dout.shape[1], Hs, Ws), dtype=dout.dtype)
    dskip[:, :, top:top + x.shape[2], left:left + x.shape[3]] = 2 * dout
    dx = dout[:, c:].copy()
    return dskip, dx

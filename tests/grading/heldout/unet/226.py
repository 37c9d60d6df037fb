# spec: unet
# function: crop_concat_backward
# output: dskip
# mistake: doubled
# output: dx
# mistake: as though dout were 1
import numpy as np


def crop_concat_forward(skip, x):
    n, cs, hs, ws = skip.shape
    n, c, h, w = x.shape
    out = np.empty((n, cs + c, h, w), skip.dtype)
    a, b = (hs - h) // 2, (ws - w) // 2
    out[:, :cs] = skip[:, :, a : a + h, b : b + w]
    out[:, cs:] = x
    return out, (cs, a, b, hs, ws)


def crop_concat_backward(dout, cache):
    cs, a, b, hs, ws = cache
    n, _, h, w = dout.shape
    dskip = np.zeros((n, cs, hs, ws), dout.dtype)
    dskip[:, :, a : a + h, b : b + w] += dout[:, :cs]
    dskip[:, :, a : a + h, b : b + w] += dout[:, :cs]
    return dskip, np.ones_like(dout[:, cs:])

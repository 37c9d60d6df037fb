# spec: unet
# function: crop_concat_backward
# output: dx
# mistake: both halves added
# output: dskip
# mistake: rows and columns of the crop exchanged
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
    dskip = np.zeros_like(skip)
    dskip[:, :, left:left + x.shape[2], top:top + x.shape[3]] = dout[:, :c]
    dx = dout[:, c:] + dout[:, :x.shape[1]]
    return dskip, dx

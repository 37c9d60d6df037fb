# spec: unet
# function: crop_concat_backward
# output: dx
# mistake: divided by N
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view as swv


def crop_concat_forward(skip, x):
    dh, dw = (a - b for a, b in zip(skip.shape[2:], x.shape[2:]))
    v = swv(skip, x.shape[2:], axis=(2, 3))[:, :, dh // 2, dw // 2]
    return np.concatenate([v, x], axis=1), (skip.shape, dh // 2, dw // 2)


def crop_concat_backward(dout, cache):
    shape, t, l = cache
    dskip = np.zeros(shape, dout.dtype)
    swv(dskip, dout.shape[2:], axis=(2, 3), writeable=True)[:, :, t, l] = dout[:, : shape[1]]
    return dskip, dout[:, shape[1] :] / len(dout)

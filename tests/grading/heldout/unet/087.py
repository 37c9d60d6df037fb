# spec: unet
# function: crop_concat_forward
# output: out
# mistake: added, not concatenated
import numpy as np


def crop_concat_forward(skip, x):
    cut = [slice((a - b) // 2, (a - b) // 2 + b) for a, b in zip(skip.shape[2:], x.shape[2:])]
    where = (slice(None), slice(None), *cut)

    def back(d):
        dskip = np.zeros_like(skip)
        dskip[where] = d[:, : skip.shape[1]]
        return dskip, d[:, skip.shape[1]:].copy()

    return skip[where] + x, back


def crop_concat_backward(dout, cache):
    return cache(dout)

# spec: unet
# function: crop_concat_backward
# output: dx
# mistake: wrong sign
import numpy as np


def _centre(big, small):
    for b, s in zip(big[2:], small[2:]):
        if b < s or (b - s) % 2:
            raise ValueError("skip {} has no centre as large as x {}".format(big, small))
        yield slice((b - s) // 2, (b + s) // 2)


def crop_concat_forward(skip, x):
    rows, cols = _centre(skip.shape, x.shape)
    return np.concatenate([skip[:, :, rows, cols], x], axis=1), (skip.shape, x.shape)


def crop_concat_backward(dout, cache):
    big, small = cache
    rows, cols = _centre(big, small)
    dskip = np.zeros(big, dout.dtype)
    dskip[:, :, rows, cols] = dout[:, :big[1]]
    return dskip, -dout[:, big[1]:]

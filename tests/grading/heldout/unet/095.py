# spec: unet
# function: crop_concat_backward
# output: dskip
# mistake: columns start where rows do
import numpy as np


def crop_concat_forward(skip, x):
    a = (skip.shape[2] - x.shape[2]) // 2
    b = (skip.shape[3] - x.shape[3]) // 2
    return np.concatenate([skip[:, :, a:a + x.shape[2], b:b + x.shape[3]], x], axis=1), (skip.shape, a, b)


def crop_concat_backward(dout, cache):
    shape, a, b = cache
    dskip = np.zeros(shape, dout.dtype)
    dskip[:, :, a:a + dout.shape[2], a:a + dout.shape[3]] = dout[:, :shape[1]]
    return dskip, dout[:, shape[1]:]

# spec: unet
# function: crop_concat_forward
# output: out
# mistake: crop one pixel too far up and left, wrapped round
# output: out
# mistake: channels in reverse order
import numpy as np


def crop_concat_forward(skip, x):
    a = (skip.shape[2] - x.shape[2]) // 2
    b = (skip.shape[3] - x.shape[3]) // 2
    rows = np.arange(a - 1, a - 1 + x.shape[2])
    cols = np.arange(b - 1, b - 1 + x.shape[3])
    inner = skip[:, :, rows[:, None], cols]
    out = np.concatenate([x[:, ::-1], inner[:, ::-1]], axis=1)
    return out, (skip.shape, a, b)


def crop_concat_backward(dout, cache):
    shape, a, b = cache
    dskip = np.zeros(shape, dout.dtype, order="F")
    dskip[:, :, a:a + dout.shape[2], b:b + dout.shape[3]] = dout[:, :shape[1]]
    return dskip, np.array(dout[:, shape[1]:], order="F")

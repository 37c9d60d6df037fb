# spec: unet
# function: crop_concat_forward
# output: out
# mistake: x padded instead of skip cropped
import numpy as np


def crop_concat_forward(skip, x):
    dh = skip.shape[2] - x.shape[2]
    dw = skip.shape[3] - x.shape[3]
    if dh < 0 or dw < 0 or dh % 2 or dw % 2:
        raise ValueError("cannot centre the crop of %r to %r" % (skip.shape, x.shape))
    t, l = dh // 2, dw // 2
    return np.concatenate([skip, np.pad(x, ((0, 0), (0, 0), (t, t), (l, l)))], 1), (skip.shape[1], t, l)


def crop_concat_backward(dout, cache):
    cs, t, l = cache
    dskip = np.pad(dout[:, :cs], ((0, 0), (0, 0), (t, t), (l, l)))
    return dskip, np.array(dout[:, cs:])

# spec: unet
# function: crop_concat_backward
# output: dx
# mistake: all channels
# output: dx
# mistake: doubled
import numpy as np


class Cache:
    def __init__(self, **kw):
        self.__dict__.update(kw)


def crop_concat_forward(skip, x):
    (Hs, Ws), (H, W) = skip.shape[2:], x.shape[2:]
    if Hs < H or Ws < W or (Hs - H) % 2 or (Ws - W) % 2:
        raise ValueError(f"skip: found {skip.shape}, which has no centre of {H} x {W}")
    rows = slice((Hs - H) // 2, (Hs + H) // 2)
    cols = slice((Ws - W) // 2, (Ws + W) // 2)
    out = np.concatenate([skip[:, :, rows, cols], x], axis=1)
    return out, Cache(rows=rows, cols=cols, shape=skip.shape)


def crop_concat_backward(dout, cache):
    k = cache.shape[1]
    dskip = np.zeros(cache.shape, dout.dtype)
    dskip[:, :, cache.rows, cache.cols] = dout[:, :k]
    return dskip, dout + dout

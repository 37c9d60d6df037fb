# spec: unet
# function: crop_concat_forward
# output: out
# mistake: crop one pixel too far up and left
from functools import lru_cache
import numpy as np


@lru_cache
def crop_table(Hs, Ws, H, W):
    if H > Hs or W > Ws or (Hs - H) % 2 or (Ws - W) % 2:
        raise ValueError(f"no centre crop from {Hs}x{Ws} to {H}x{W}")
    return np.ix_(np.arange(H) + (Hs - H) // 2, np.arange(W) + (Ws - W) // 2)


def crop_concat_forward(skip, x):
    r, c = crop_table(*skip.shape[2:], *x.shape[2:])
    return np.concatenate([skip[:, :, r - 1, c - 1], x], axis=1), skip.shape


def crop_concat_backward(dout, cache):
    r, c = crop_table(*cache[2:], *dout.shape[2:])
    dskip = np.zeros(cache, dout.dtype)
    dskip[:, :, r, c] = dout[:, : cache[1]]
    return dskip, dout[:, cache[1] :].copy()

# spec: unet
# function: crop_concat_backward
# output: dskip
# mistake: added twice
import numpy as np


def crop_concat_forward(skip, x):
    N, Cs, Hs, Ws = skip.shape
    _, C, H, W = x.shape
    oy, ox = (Hs - H) // 2, (Ws - W) // 2
    out = np.zeros((N, Cs + C, H, W), dtype=skip.dtype)
    for i in range(H):
        for j in range(W):
            out[:, :Cs, i, j] = skip[:, :, i + oy, j + ox]
            out[:, Cs:, i, j] = x[:, :, i, j]
    return out, (skip, x)


def crop_concat_backward(dout, cache):
    skip, x = cache
    N, Cs, Hs, Ws = skip.shape
    _, C, H, W = x.shape
    oy, ox = (Hs - H) // 2, (Ws - W) // 2
    dskip = np.zeros(skip.shape, dtype=dout.dtype)
    dx = np.zeros(x.shape, dtype=dout.dtype)
    for i in range(H):
        for j in range(W):
            dskip[:, :, i + oy, j + ox] = 2 * dout[:, :Cs, i, j]
            dx[:, :, i, j] = dout[:, Cs:, i, j]
    return dskip, dx

# spec: unet
# function: crop_concat_backward
# output: dskip
# mistake: one row too early
import numpy as np


def crop_concat_forward(skip, x):
    N, Cs, Hs, Ws = skip.shape
    _, C, H, W = x.shape
    if (Hs - H) % 2 or (Ws - W) % 2 or Hs < H or Ws < W:
        raise ValueError("crop_concat: skip cannot be cropped to the middle")
    top = (Hs - H) // 2
    left = (Ws - W) // 2
    out = np.zeros((N, Cs + C, H, W), dtype=skip.dtype)
    for n in range(N):
        for r in range(H):
            for s in range(W):
                for c in range(Cs):
                    out[n, c, r, s] = skip[n, c, top + r, left + s]
                for c in range(C):
                    out[n, Cs + c, r, s] = x[n, c, r, s]
    return out, (skip.shape, x.shape)


def crop_concat_backward(dout, cache):
    (N, Cs, Hs, Ws), (_, C, H, W) = cache
    dskip = np.zeros((N, Cs, Hs, Ws), dtype=dout.dtype)
    dx = np.zeros((N, C, H, W), dtype=dout.dtype)
    for n in range(N):
        for r in range(H):
            for s in range(W):
                for c in range(Cs):
                    dskip[n, c, (Hs - H) // 2 - 1 + r, (Ws - W) // 2 + s] = dout[n, c, r, s]
                for c in range(C):
                    dx[n, c, r, s] = dout[n, Cs + c, r, s]
    return dskip, dx

# spec: unet
# function: crop_concat_forward
# output: out
# mistake: columns cropped at the left
import numpy as np


def crop_concat_forward(skip, x):
    cut_h = skip.shape[2] - x.shape[2]
    cut_w = skip.shape[3] - x.shape[3]
    mid = skip.copy()
    # shave one row off each side until it fits, then the columns
    for _ in range(cut_h // 2):
        mid = mid[:, :, 1:-1]
    mid = mid[:, :, :, :x.shape[3]]
    return np.concatenate([mid, x], 1), (mid.shape[1], cut_h // 2, cut_w // 2)


def crop_concat_backward(dout, cache):
    cs, a, b = cache
    dskip = dout[:, :cs].copy()
    for _ in range(a):
        edge = np.zeros_like(dskip[:, :, :1])
        dskip = np.concatenate([edge, dskip, edge], axis=2)
    for _ in range(b):
        edge = np.zeros_like(dskip[:, :, :, :1])
        dskip = np.concatenate([edge, dskip, edge], axis=3)
    return dskip, dout[:, cs:].copy()

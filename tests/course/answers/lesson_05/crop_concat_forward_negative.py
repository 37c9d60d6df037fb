# right: a border from both ends
import numpy as np


def crop_concat_forward(skip, x):
    dh, dw = (skip.shape[2] - x.shape[2]) // 2, (skip.shape[3] - x.shape[3]) // 2
    part = skip[:, :, dh : skip.shape[2] - dh, dw : skip.shape[3] - dw]
    return np.concatenate((part, x), 1), (skip.shape, x.shape)

# wrong: cropped at the top left
import numpy as np


def crop_concat_forward(skip, x):
    H, W = x.shape[2:]
    return np.concatenate([skip[:, :, :H, :W], x], axis=1), (skip.shape, x.shape)

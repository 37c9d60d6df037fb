# wrong: columns start where rows do
import numpy as np


def crop_concat_forward(skip, x):
    H, W = x.shape[2:]
    t = (skip.shape[2] - H) // 2
    return np.concatenate([skip[:, :, t : t + H, t : t + W], x], axis=1), (skip.shape, x.shape)

# right: an empty array, filled
import numpy as np


def crop_concat_forward(skip, x):
    N, Cs, Hs, Ws = skip.shape
    _, C, H, W = x.shape
    out = np.empty((N, Cs + C, H, W), x.dtype)
    t, l = (Hs - H) // 2, (Ws - W) // 2
    out[:, :Cs] = skip[:, :, t : t + H, l : l + W]
    out[:, Cs:] = x
    return out, (skip.shape, x.shape)

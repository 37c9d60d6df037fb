# wrong: weight read as (F, C, 2, 2)
import numpy as np


def downsample(y, weight):
    N, F, H, W = y.shape
    out = np.zeros((N, len(weight), H // 2, W // 2))
    for i in range(2):
        for j in range(2):
            out += np.einsum("nfhw,fc->nchw", y[:, :, i::2, j::2], weight[:, :, i, j])
    return out

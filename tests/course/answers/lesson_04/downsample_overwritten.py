# wrong: last of the four only (= for +=)
import numpy as np


def downsample(y, weight):
    for i in range(2):
        for j in range(2):
            out = np.einsum("cf,nfhw->nchw", weight[:, :, i, j], y[:, :, i::2, j::2])
    return out

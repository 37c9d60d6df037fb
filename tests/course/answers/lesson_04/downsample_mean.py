# wrong: mean of the four
import numpy as np


def downsample(y, weight):
    out = 0
    for i in range(2):
        for j in range(2):
            out = out + np.einsum("cf,nfhw->nchw", weight[:, :, i, j], y[:, :, i::2, j::2])
    return out / 4

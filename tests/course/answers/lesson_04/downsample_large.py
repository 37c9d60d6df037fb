# wrong: room for as many pixels as y has
import numpy as np


def downsample(y, weight):
    N, F, H, W = y.shape
    out = np.zeros((N, len(weight), H, W))
    for i in range(2):
        for j in range(2):
            out += np.einsum("nfhw,cf->nchw", y[:, :, i::2, j::2], weight[:, :, i, j])
    return out

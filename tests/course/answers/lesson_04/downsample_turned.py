# wrong: kernel turned by 180 degrees
import numpy as np


def downsample(y, weight):
    return sum(
        np.einsum("cf,nfhw->nchw", weight[:, :, 1 - i, 1 - j], y[:, :, i::2, j::2]) for i in range(2) for j in range(2)
    )

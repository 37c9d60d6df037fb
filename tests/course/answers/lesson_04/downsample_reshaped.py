# wrong: blocks mixed up by reshape
import numpy as np


def downsample(y, weight):
    N, F, H, W = y.shape
    return np.einsum("cfij,nfhwij->nchw", weight, y.reshape(N, F, H // 2, W // 2, 2, 2))

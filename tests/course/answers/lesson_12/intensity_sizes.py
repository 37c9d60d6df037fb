# right: sizes of arrays
import numpy as np


def intensity(C, F, k, H, W):
    x, weight = (C, H, W), (F, C, k, k)
    out = (F, H - k + 1, W - k + 1)
    moved = sum(np.prod(shape) * np.dtype(np.float32).itemsize for shape in (x, weight, out))
    return 2 * np.prod(out) * np.prod(weight[1:]) / moved

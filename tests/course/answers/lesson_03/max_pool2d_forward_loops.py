# right: loops
import numpy as np


def max_pool2d_forward(x):
    N, C, H, W = x.shape
    out = np.empty((N, C, H // 2, W // 2))
    for n, c, h, w in np.ndindex(out.shape):
        out[n, c, h, w] = x[n, c, 2 * h : 2 * h + 2, 2 * w : 2 * w + 2].max()
    return out, x

# right: four slices
import numpy as np


def max_pool2d_forward(x):
    a, b, c, d = x[:, :, ::2, ::2], x[:, :, ::2, 1::2], x[:, :, 1::2, ::2], x[:, :, 1::2, 1::2]
    return np.maximum(np.maximum(a, b), np.maximum(c, d)), x

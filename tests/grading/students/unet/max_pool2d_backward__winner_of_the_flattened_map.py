# spec: unet
# function: max_pool2d_backward
# output: dx
# mistake: argmax without an axis for each image: one winner in the whole map
import numpy as np


def max_pool2d_forward(x):
    n, c, h, w = x.shape
    out = x.reshape(n, c, h // 2, 2, w // 2, 2).max(5).max(3)
    return out, x


def max_pool2d_backward(dout, cache):
    x = cache
    dx = np.zeros(x.shape)
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            r, s = np.unravel_index(x[n, c].argmax(), x[n, c].shape)
            dx[n, c, r, s] = dout[n, c, r // 2, s // 2]
    return dx

# right: tap by tap
import numpy as np


def conv_transpose2d_backward(dout, cache):
    x, weight = cache
    N, F, H, W = dout.shape
    dx, dweight = np.zeros(x.shape), np.zeros(weight.shape)
    for i, j in np.ndindex(2, 2):
        part = dout[:, :, i::2, j::2]
        dx += np.tensordot(weight[:, :, i, j], part, axes=(1, 1)).swapaxes(0, 1)
        dweight[:, :, i, j] = np.tensordot(x, part, axes=((0, 2, 3), (0, 2, 3)))
    return dx, dweight, dout.sum(axis=(0, 2, 3))

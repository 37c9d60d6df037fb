# right: all in one loop over the kernel
import numpy as np


def conv2d_backward(dout, cache):
    x, weight = cache
    kh, kw = weight.shape[2:]
    rows, columns = dout.shape[2:]
    dx, dweight = np.zeros_like(x), np.zeros_like(weight)
    for i in range(kh):
        for j in range(kw):
            here = np.s_[:, :, i : i + rows, j : j + columns]
            dx[here] += np.tensordot(dout, weight[:, :, i, j], (1, 0)).transpose(0, 3, 1, 2)
            dweight[:, :, i, j] = np.tensordot(dout, x[here], ([0, 2, 3], [0, 2, 3]))
    return dx, dweight, dout.sum((0, 2, 3))

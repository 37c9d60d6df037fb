# right: each output paints the kernel
import numpy as np


def conv2d_dx(weight, dout):
    N, F, rows, columns = dout.shape
    F, C, kh, kw = weight.shape
    dx = np.zeros((N, C, rows + kh - 1, columns + kw - 1))
    for n, f, h, w in np.ndindex(dout.shape):
        dx[n, :, h : h + kh, w : w + kw] += weight[f] * dout[n, f, h, w]
    return dx

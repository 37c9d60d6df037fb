# wrong: kernel turned round
import numpy as np


def conv2d_dx(weight, dout):
    kh, kw = weight.shape[2:]
    rows, columns = dout.shape[2] + kh - 1, dout.shape[3] + kw - 1
    padded = np.pad(dout, [(0, 0), (0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1)])
    dx = np.zeros((len(dout), weight.shape[1], rows, columns))
    for i in range(kh):
        for j in range(kw):
            dx += np.einsum("fc,nfhw->nchw", weight[:, :, i, j], padded[:, :, i : i + rows, j : j + columns])
    return dx

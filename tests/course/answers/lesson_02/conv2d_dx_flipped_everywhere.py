# wrong: all four axes turned round
import numpy as np


def conv2d_dx(weight, dout):
    kh, kw = weight.shape[2:]
    turned = np.flip(weight)
    padded = np.pad(dout, [(0, 0), (0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1)])
    N, _, H, W = padded.shape
    dx = np.zeros((N, weight.shape[1], H - kh + 1, W - kw + 1))
    for i in range(kh):
        for j in range(kw):
            seen = padded[:, :, i : i + dx.shape[2], j : j + dx.shape[3]]
            dx += np.einsum("fc,nfhw->nchw", turned[:, :, i, j], seen)
    return dx

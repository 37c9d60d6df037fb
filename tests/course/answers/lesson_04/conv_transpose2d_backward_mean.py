# wrong: divided by N
import numpy as np


def conv_transpose2d_backward(dout, cache):
    x, weight = cache
    N, F, H, W = dout.shape
    blocks = dout.reshape(N, F, H // 2, 2, W // 2, 2)
    dx = np.einsum("cfij,nfhiwj->nchw", weight, blocks)
    dweight = np.einsum("nchw,nfhiwj->cfij", x, blocks) / N
    return dx, dweight, dout.sum(axis=(0, 2, 3))

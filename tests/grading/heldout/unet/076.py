# spec: unet
# function: conv_transpose2d_backward
# output: dweight
# mistake: blocks mixed up by reshape
import numpy as np


def conv_transpose2d_forward(x, weight, bias):
    n, c, h, w = x.shape
    f = weight.shape[1]
    out = np.einsum("nchw,cfij->nfhiwj", x, weight, optimize=True).reshape(n, f, 2 * h, 2 * w)
    return out + bias[None, :, None, None], (x, weight)


def conv_transpose2d_backward(dout, cache):
    x, weight = cache
    n, c, h, w = x.shape
    d = dout.reshape(n, -1, h, 2, w, 2)
    dx = np.einsum("nfhiwj,cfij->nchw", d, weight, optimize=True)
    blocks = dout.reshape(n, -1, h, w, 2, 2)
    dweight = np.einsum("nfhwij,nchw->cfij", blocks, x, optimize=True)
    return dx, dweight, np.einsum("nfhiwj->f", d)

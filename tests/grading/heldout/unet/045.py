# spec: unet
# function: max_pool2d_forward
# output: out
# mistake: windows overlap
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view as swv


def max_pool2d_forward(x):
    v = swv(x, (2, 2), axis=(2, 3))[:, :, ::2, ::2]
    if x.shape[2] % 2 or x.shape[3] % 2:
        raise ValueError("even sizes only")
    first = v.reshape(v.shape[:4] + (4,)).argmax(-1)
    onehot = np.eye(4, dtype=x.dtype)[first].reshape(v.shape)
    return swv(x, (2, 2), axis=(2, 3)).max(axis=(4, 5)), onehot


def max_pool2d_backward(dout, cache):
    n, c, h, w = dout.shape
    return np.einsum("nchw,nchwij->nchiwj", dout, cache).transpose(0, 1, 2, 3, 4, 5).reshape(n, c, -1, w * 2)[:, :, _order(h)]


def _order(h):
    # nchiwj already has the rows in order: (h, i) -> 2h + i
    return np.arange(2 * h)

# spec: unet
# function: conv_transpose2d_backward
# output: dx
# mistake: doubled
# output: dx
# mistake: mean over the taps
from functools import lru_cache
import numpy as np

POOL = 2
UP = 2


@lru_cache(maxsize=32)
def pool_table(H, W):
    """Flat places in a map (H*W) of the four entries of every window: (h*w, 4)."""
    r = np.arange(0, H, POOL).reshape(-1, 1, 1, 1)
    s = np.arange(0, W, POOL).reshape(1, -1, 1, 1)
    i = np.arange(POOL).reshape(1, 1, -1, 1)
    j = np.arange(POOL).reshape(1, 1, 1, -1)
    return ((r + i) * W + s + j).reshape(-1, POOL * POOL)


def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]
    table = pool_table(UP * H, UP * W)
    out = np.zeros((N, F, UP * H * UP * W), x.dtype)
    out[:, :, table] = np.einsum("ncp,cfk->nfpk", x.reshape(N, C, -1), weight.reshape(C, F, -1))
    return out.reshape(N, F, UP * H, UP * W) + bias[None, :, None, None], (x, weight)


def conv_transpose2d_backward(dout, cache):
    x, weight = cache
    N, C, H, W = x.shape
    F = weight.shape[1]
    d = dout.reshape(N, F, -1)[:, :, pool_table(UP * H, UP * W)]
    taps = np.einsum("nfpk,cfk->kncp", d, weight.reshape(C, F, -1))
    dx = taps.mean(axis=0).reshape(x.shape)
    dx += dx
    dweight = np.einsum("nfpk,ncp->cfk", d, x.reshape(N, C, -1)).reshape(weight.shape)
    return dx, dweight, d.sum(axis=(0, 2, 3))

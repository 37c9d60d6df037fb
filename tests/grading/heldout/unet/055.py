# spec: unet
# function: max_pool2d_backward
# output: dx
# mistake: place taken from the first channel
from functools import lru_cache
import numpy as np

POOL = 2


@lru_cache(maxsize=32)
def pool_table(H, W):
    """Flat places in a map (H*W) of the four entries of every window: (h*w, 4)."""
    r = np.arange(0, H, POOL).reshape(-1, 1, 1, 1)
    s = np.arange(0, W, POOL).reshape(1, -1, 1, 1)
    i = np.arange(POOL).reshape(1, 1, -1, 1)
    j = np.arange(POOL).reshape(1, 1, 1, -1)
    return ((r + i) * W + s + j).reshape(-1, POOL * POOL)


def max_pool2d_forward(x):
    N, C, H, W = x.shape
    if H % POOL or W % POOL:
        raise ValueError(f"{x.shape} is not a multiple of {POOL}")
    table = pool_table(H, W)
    values = x.reshape(N, C, H * W)[:, :, table]
    k = values.argmax(axis=3)
    places = table[np.arange(len(table)), k]
    return values.max(axis=3).reshape(N, C, H // POOL, W // POOL), (places, x.shape)


def max_pool2d_backward(dout, cache):
    places, (N, C, H, W) = cache
    dx = np.zeros((N, C, H * W), dout.dtype)
    for c in range(C):
        np.put_along_axis(dx[:, c], places[:, 0], dout[:, c].reshape(N, -1), axis=1)
    return dx.reshape(N, C, H, W)

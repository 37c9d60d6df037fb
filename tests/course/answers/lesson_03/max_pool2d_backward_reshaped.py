# wrong: max_pool2d_backward, dx: windows mixed up by reshape
import numpy as np


def max_pool2d_forward(x):
    N, C, H, W = x.shape
    windows = x.reshape(N, C, H // 2, W // 2, 4)
    return windows.max(axis=4), windows.argmax(axis=4)


def max_pool2d_backward(dout, cache):
    N, C, H, W = dout.shape
    windows = np.zeros((N, C, H, W, 4))
    np.put_along_axis(windows, cache[..., None], dout[..., None], axis=4)
    return windows.reshape(N, C, 2 * H, 2 * W)

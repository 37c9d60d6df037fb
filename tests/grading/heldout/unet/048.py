# spec: unet
# function: max_pool2d_forward
# output: out
# mistake: windows move by one pixel
import numpy as np


def max_pool2d_forward(x):
    N, C, H, W = x.shape
    out = np.zeros((N, C, H // 2, W // 2), x.dtype)
    arg = np.zeros((N, C, H // 2, W // 2), int)
    for n in range(N):
        for c in range(C):
            for i in range(H // 2):
                for j in range(W // 2):
                    win = x[n, c, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].ravel()
                    arg[n, c, i, j] = np.argmax(win)
                    out[n, c, i, j] = np.max(x[n, c, i : i + 2, j : j + 2])
    return out, (arg, x.shape)


def max_pool2d_backward(dout, cache):
    arg, shape = cache
    dx = np.zeros(shape, dout.dtype)
    for (n, c, i, j), k in np.ndenumerate(arg):
        dx[n, c, 2 * i + k // 2, 2 * j + k % 2] = dout[n, c, i, j]
    return dx

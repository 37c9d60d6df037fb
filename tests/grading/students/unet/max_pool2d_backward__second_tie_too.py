# spec: unet
# function: max_pool2d_backward
# output: dx
# mistake: first of ties by rows, but both rows of a window may win
import numpy as np


def max_pool2d_forward(x):
    rows = np.maximum(x[:, :, :, ::2], x[:, :, :, 1::2])
    return np.maximum(rows[:, :, ::2], rows[:, :, 1::2]), (x, rows)


def max_pool2d_backward(dout, cache):
    x, rows = cache
    out = np.maximum(rows[:, :, ::2], rows[:, :, 1::2])
    drows = np.zeros(rows.shape)
    for a in (0, 1):
        drows[:, :, a::2] = dout * (rows[:, :, a::2] == out)
    dx = np.zeros(x.shape)
    left = x[:, :, :, ::2] >= x[:, :, :, 1::2]
    dx[:, :, :, ::2] = drows * left
    dx[:, :, :, 1::2] = drows * ~left
    return dx

# spec: unet
# function: max_pool2d_backward
# output: dx
# mistake: compares x with the repeated output: all equal maxima get the gradient
import numpy as np


def _up(a):
    return a.repeat(2, axis=2).repeat(2, axis=3)


def max_pool2d_forward(x):
    out = np.max([x[:, :, i::2, j::2] for i in (0, 1) for j in (0, 1)], axis=0)
    return out, (x, out)


def max_pool2d_backward(dout, cache):
    x, out = cache
    return _up(dout) * (x == _up(out))

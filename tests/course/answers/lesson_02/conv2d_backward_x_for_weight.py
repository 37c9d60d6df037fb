# wrong: x in the place of weight
import numpy as np


def conv2d_backward(dout, cache):
    x, weight = cache
    dx, dweight = np.zeros(x.shape), np.zeros(weight.shape)
    kh, kw = weight.shape[2:]
    for n, f, h, w in np.ndindex(dout.shape):
        here = np.s_[n, :, h : h + kh, w : w + kw]
        dx[here] += dout[n, f, h, w] * x[here]
        dweight[f] += dout[n, f, h, w] * x[here]
    return dx, dweight, dout.sum(axis=(0, 2, 3))

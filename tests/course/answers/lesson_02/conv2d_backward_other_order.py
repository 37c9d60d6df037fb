# wrong: results in another order
import numpy as np


def conv2d_backward(dout, cache):
    x, weight = cache
    dx, dweight = np.zeros(x.shape), np.zeros(weight.shape)
    kh, kw = weight.shape[2:]
    for n, f, h, w in np.ndindex(dout.shape):
        dx[n, :, h : h + kh, w : w + kw] += dout[n, f, h, w] * weight[f]
        dweight[f] += dout[n, f, h, w] * x[n, :, h : h + kh, w : w + kw]
    return dweight, dout.sum(axis=(0, 2, 3)), dx

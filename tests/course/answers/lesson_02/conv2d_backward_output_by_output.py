# right: output by output
import numpy as np


def conv2d_backward(dout, cache):
    x, weight = cache
    dx, dweight, dbias = np.zeros(x.shape), np.zeros(weight.shape), np.zeros(len(weight))
    kh, kw = weight.shape[2:]
    for n, f, h, w in np.ndindex(dout.shape):
        g = dout[n, f, h, w]
        dx[n, :, h : h + kh, w : w + kw] += g * weight[f]
        dweight[f] += g * x[n, :, h : h + kh, w : w + kw]
        dbias[f] += g
    return dx, dweight, dbias

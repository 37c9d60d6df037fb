# wrong: last window only (= for +=)
import numpy as np


def conv2d_dweight(x, dout):
    N, F, rows, columns = dout.shape
    kh, kw = x.shape[2] - rows + 1, x.shape[3] - columns + 1
    dweight = np.zeros((F, x.shape[1], kh, kw))
    for n, f, h, w in np.ndindex(dout.shape):
        dweight[f] = dout[n, f, h, w] * x[n, :, h : h + kh, w : w + kw]
    return dweight

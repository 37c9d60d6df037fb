# spec: cs231n
# function: affine_backward
# output: dx
# mistake: as though dout were 1
# output: dx
# mistake: divided by N
from __future__ import division, print_function
import numpy as np


def affine_forward(x, w, b):
    N = x.shape[0]
    D = int(np.prod(x.shape[1:]))
    out = np.matmul(np.reshape(x, (N, D)), w)
    out += b
    cache = (x, w, b)
    return out, cache


def affine_backward(dout, cache):
    (x, w, b) = cache
    N = x.shape[0]
    D = np.prod(x.shape[1:])
    dx = np.reshape(np.matmul(np.ones(dout.shape), np.transpose(w)), x.shape) / N
    dw = np.matmul(np.transpose(np.reshape(x, (N, D))), dout)
    db = np.matmul(np.transpose(dout), np.ones((N,)))
    return dx, dw, db

# spec: cs231n
# function: affine_backward
# output: db
# mistake: one number for all outputs
# output: db
# mistake: divided by N
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
    dx = np.reshape(np.matmul(dout, np.transpose(w)), x.shape)
    dw = np.matmul(np.transpose(np.reshape(x, (N, D))), dout)
    db = np.sum(dout) / N
    return dx, dw, db

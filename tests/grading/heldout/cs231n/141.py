# spec: cs231n
# function: affine_backward
# output: db
# mistake: wrong sign
import numpy as np


def affine_forward(x, w, b):
    flat = np.reshape(x, (len(x), w.shape[0]))
    return np.einsum("nd,dm->nm", flat, w) + b[np.newaxis, :], (flat, w, x.shape)


def affine_backward(dout, cache):
    flat, w, shape = cache
    return np.einsum("nm,dm->nd", dout, w).reshape(shape), np.einsum("nd,nm->dm", flat, dout), -np.einsum("nm->m", dout)

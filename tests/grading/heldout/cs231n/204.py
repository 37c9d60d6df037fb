# spec: cs231n
# function: affine_forward
# output: out
# mistake: first bias for all
# output: out
# mistake: ReLU applied
import numpy as np


def affine_forward(x, w, b):
    flat = np.reshape(x, (len(x), w.shape[0]))
    out = np.einsum("nd,dm->nm", flat, w) + b[0]
    return out * (out > 0), (flat, w, x.shape)


def affine_backward(dout, cache):
    flat, w, shape = cache
    return np.einsum("nm,dm->nd", dout, w).reshape(shape), np.einsum("nd,nm->dm", flat, dout), np.einsum("nm->m", dout)

# spec: cs231n
# function: affine_backward
# output: dw
# mistake: first image only
import numpy as np


def affine_forward(x, w, b):
    """Fully connected layer: flatten every example, then x.w + b."""
    rows = x.reshape(x.shape[0], -1)
    out = rows.dot(w) + b
    return out, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    dx = dout.dot(w.T).reshape(x.shape)
    dw = np.outer(x[0], dout[0])
    db = np.sum(dout, axis=0)
    return dx, dw, db

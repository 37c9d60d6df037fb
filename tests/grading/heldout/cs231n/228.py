# spec: cs231n
# function: affine_backward
# output: db
# mistake: not summed over images
# output: dx
# mistake: doubled
import numpy as np


def affine_forward(x, w, b):
    """Fully connected layer: flatten every example, then x.w + b."""
    rows = x.reshape(x.shape[0], -1)
    out = rows.dot(w) + b
    return out, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    dx = np.zeros(x.shape)
    dx += dout.dot(w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T.dot(dout)
    dx += dout.dot(w.T).reshape(x.shape)
    db = dout.copy()
    return dx, dw, db

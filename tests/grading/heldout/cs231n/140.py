# spec: cs231n
# function: affine_backward
# output: db
# mistake: zero
import numpy as np


def affine_forward(x, w, b):
    """Fully connected layer: flatten every example, then x.w + b."""
    rows = x.reshape(x.shape[0], -1)
    out = rows.dot(w) + b
    return out, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    dx = dout.dot(w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T.dot(dout)
    db = np.zeros_like(b)
    np.add(db, np.sum(dout, axis=0))
    return dx, dw, db

# spec: unet
# function: weighted_cross_entropy_backward
# output: dlogits
# mistake: 1 subtracted from the largest class, not from the label
import numpy as np


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    n, c, h, w = logits.shape
    wt = np.ones((n, h, w)) if weights is None else weights
    z = np.where(wt[:, None] == 0, 0, logits)
    z = z - z.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    i, j, k = np.indices((n, h, w))
    div = {"mean": n * h * w, "sum": 1, "weight_mean": wt.sum()}[reduction]
    return -(wt * logp[i, labels, j, k]).sum() / div, (logp, wt / div)


def weighted_cross_entropy_backward(cache):
    logp, scale = cache
    n, c, h, w = logp.shape
    d = np.exp(logp)
    i, j, k = np.indices((n, h, w))
    d[i, logp.argmax(axis=1), j, k] -= 1
    return d * scale[:, None]

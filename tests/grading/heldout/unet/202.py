# spec: unet
# function: weighted_cross_entropy_backward
# output: dlogits
# mistake: next class for the label
# output: dlogits
# mistake: divided by N alone
import numpy as np


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    n, c, h, w = logits.shape
    wt = (np.ones((n, h, w)) if weights is None else weights).astype(logits.dtype)
    alive = wt != 0
    z = np.where(alive[:, None], logits, logits.dtype.type(0))
    z = z - z.max(axis=1)[:, None]
    logp = z - np.log(np.exp(z).sum(axis=1))[:, None]
    norm = n * h * w if reduction == "mean" else 1 if reduction == "sum" else wt.sum()
    loss = -sum((wt * logp[:, k])[labels == k].sum() for k in range(c)) / norm
    return loss, (logp, labels, wt, norm, reduction)


def weighted_cross_entropy_backward(cache):
    logp, labels, wt, norm, reduction = cache
    d = np.exp(logp)
    for k in range(d.shape[1]):
        d[:, k] -= labels + 1 == k
    d *= wt[:, None]
    d /= d.shape[0] if reduction == "mean" else norm
    return d

# spec: unet
# function: weighted_cross_entropy_forward
# output: loss
# mistake: "weight_mean" treated as "mean"
# output: loss
# mistake: likeliest class for the label
import numpy as np


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    n, c, h, w = logits.shape
    wt = (np.ones((n, h, w)) if weights is None else weights).astype(logits.dtype)
    alive = wt != 0
    z = np.where(alive[:, None], logits, logits.dtype.type(0))
    z = z - z.max(axis=1)[:, None]
    logp = z - np.log(np.exp(z).sum(axis=1))[:, None]
    norm = n * h * w if reduction == "mean" else 1 if reduction == "sum" else wt.sum()
    best = logp.argmax(axis=1)
    loss = -sum((wt * logp[:, k])[best == k].sum() for k in range(c))
    loss = loss if reduction == "sum" else loss / (n * h * w)
    return loss, (logp, labels, wt, norm)


def weighted_cross_entropy_backward(cache):
    logp, labels, wt, norm = cache
    d = np.exp(logp)
    for k in range(d.shape[1]):
        d[:, k] -= labels == k
    d *= wt[:, None]
    d /= norm
    return d

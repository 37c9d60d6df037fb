# spec: unet
# function: weighted_cross_entropy_forward
# output: loss
# mistake: sigmoid of each channel instead of a softmax
import numpy as np


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    n, c, h, w = logits.shape
    wt = np.ones((n, h, w)) if weights is None else weights
    z = np.where(wt[:, None] == 0, 0, logits)
    y = np.moveaxis(np.eye(c)[labels], -1, 1)
    each = np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))
    div = {"mean": n * h * w, "sum": 1, "weight_mean": wt.sum()}[reduction]
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return (wt * each.sum(axis=1)).sum() / div, (e / e.sum(axis=1, keepdims=True) - y, wt / div)


def weighted_cross_entropy_backward(cache):
    diff, scale = cache
    return diff * scale[:, None]

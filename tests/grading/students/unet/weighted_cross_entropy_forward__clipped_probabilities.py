# spec: unet
# function: weighted_cross_entropy_forward
# output: loss
# mistake: probabilities clipped at 1e-7 before the logarithm
import numpy as np


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    n, c, h, w = logits.shape
    wt = np.ones((n, h, w)) if weights is None else weights
    z = np.where(wt[:, None] == 0, 0, logits)
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    p_label = np.take_along_axis(p, labels[:, None].astype(int), axis=1)[:, 0]
    div = {"mean": n * h * w, "sum": 1, "weight_mean": wt.sum()}[reduction]
    loss = -(wt * np.log(np.clip(p_label, 1e-7, 1 - 1e-7))).sum() / div
    return loss, (p, labels, wt / div)


def weighted_cross_entropy_backward(cache):
    p, labels, scale = cache
    d = p.copy()
    for k in range(p.shape[1]):
        d[:, k] -= labels == k
    return d * scale[:, None]

# spec: unet
# function: weighted_cross_entropy_backward
# output: dlogits
# mistake: likeliest class for the label
from collections import namedtuple
import numpy as np

LossCache = namedtuple("LossCache", ["probs", "labels", "factor"])


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    N, C, H, W = logits.shape
    if weights is None:
        weights = np.ones((N, H, W))
    clean = logits.copy()
    clean.transpose(0, 2, 3, 1)[weights == 0] = 0
    clean -= clean.max(axis=1, keepdims=True)
    probs = np.exp(clean)
    denom = probs.sum(axis=1, keepdims=True)
    probs /= denom
    ll = np.take_along_axis(clean, labels.reshape(N, 1, H, W).astype(np.int64), axis=1) - np.log(denom)
    if reduction == "mean":
        factor = weights / (N * H * W)
    elif reduction == "sum":
        factor = weights
    else:
        factor = weights / weights.sum()
    factor = factor.astype(logits.dtype)
    return (-factor * ll[:, 0]).sum(), LossCache(probs, labels, factor)


def weighted_cross_entropy_backward(cache):
    grad = cache.probs.copy()
    for (n, i, j), k in np.ndenumerate(cache.probs.argmax(axis=1)):
        grad[n, k, i, j] -= 1
    return grad * cache.factor[:, None, :, :]

# right: with a forward of its own, that keeps everything
import numpy as np


def weighted_cross_entropy_forward(logits, labels, weights, reduction="mean"):
    weights = np.ones(labels.shape) if weights is None else weights
    z = logits - logits.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    divisor = {"mean": labels.size, "sum": 1, "weight_mean": weights.sum()}[reduction]
    picked = np.take_along_axis(log_p, labels[:, None], axis=1)[:, 0]
    return -(weights * picked).sum() / divisor, (log_p, labels, weights, divisor)


def weighted_cross_entropy_backward(cache):
    log_p, labels, weights, divisor = cache
    dlogits = np.exp(log_p)
    n, h, w = np.indices(labels.shape)
    dlogits[n, labels, h, w] -= 1
    dlogits *= weights[:, None] / divisor
    return dlogits

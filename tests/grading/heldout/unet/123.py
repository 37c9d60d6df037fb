# spec: unet
# function: weighted_cross_entropy_forward
# output: loss
# mistake: "sum" treated as "mean"
import numpy as np


class Cache:
    def __init__(self, **kw):
        self.__dict__.update(kw)


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    if reduction not in ("mean", "sum", "weight_mean"):
        raise ValueError(f"reduction: found {reduction!r}")
    if labels.min() < 0 or labels.max() >= logits.shape[1]:
        raise ValueError(f"labels: found {labels.min()}..{labels.max()}, wanted 0..{logits.shape[1] - 1}")
    if weights is None:
        weights = np.ones_like(logits[:, 0])
    weights = weights.astype(logits.dtype)
    safe = logits * 1
    safe[np.broadcast_to(weights[:, None] == 0, safe.shape)] = 0
    shifted = safe - safe.max(axis=1, keepdims=True)
    e = np.exp(shifted)
    s = e.sum(axis=1, keepdims=True)
    n, h, w = np.indices(labels.shape)
    nll = np.log(s[:, 0]) - shifted[n, labels, h, w]
    total = np.sum(weights * nll)
    if reduction == "mean":
        norm = labels.size
    elif reduction == "sum":
        norm = 1
    else:
        norm = weights.sum()
        if norm == 0:
            raise ValueError("weights: sum to 0")
    loss = total / (norm if reduction == "weight_mean" else labels.size)
    return loss, Cache(p=e / s, labels=labels, weights=weights, norm=norm)


def weighted_cross_entropy_backward(cache):
    d = cache.p.copy()
    n, h, w = np.indices(cache.labels.shape)
    d[n, cache.labels, h, w] -= 1
    d *= cache.weights[:, None]
    d /= cache.norm
    return d

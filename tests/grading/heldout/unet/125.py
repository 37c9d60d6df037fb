# spec: unet
# function: weighted_cross_entropy_forward
# output: loss
# mistake: softmax over each image
import functools
import numpy as np


def as_first(fn):
    """Results in the dtype of the first argument."""

    @functools.wraps(fn)
    def inner(first, *rest, **named):
        result = fn(first, *rest, **named)
        head = result[0] if isinstance(result, tuple) else result
        head = np.asarray(head).astype(first.dtype)
        if isinstance(result, tuple):
            return (head,) + result[1:]
        return head

    return inner


@as_first
def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    w = np.ones(labels.shape) if weights is None else np.float64(weights)
    z = np.float64(logits)
    z = np.where(w[:, None] != 0, z, 0)
    logp = z - np.logaddexp.reduce(z.reshape(len(z), -1), axis=1).reshape(-1, 1, 1, 1)
    hot = np.equal.outer(labels, np.arange(z.shape[1])).transpose(0, 3, 1, 2)
    scale = w / {"mean": w.size, "sum": 1, "weight_mean": w.sum() or np.nan}[reduction]
    return -(np.where(hot, logp, 0).sum(axis=1) * scale).sum(), (z, hot, scale, logits.dtype)


def weighted_cross_entropy_backward(cache):
    z, hot, scale, dtype = cache
    logp = z - np.logaddexp.reduce(z, axis=1, keepdims=True)
    return ((np.exp(logp) - hot) * scale[:, None]).astype(dtype)

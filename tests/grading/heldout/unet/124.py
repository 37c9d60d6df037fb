# spec: unet
# function: weighted_cross_entropy_forward
# output: loss
# mistake: exp without subtracting the largest logit
import numpy as np


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    w = np.ones(labels.shape, logits.dtype) if weights is None else weights.astype(logits.dtype)
    divisor = {"mean": lambda: w.size, "sum": lambda: 1, "weight_mean": w.sum}[reduction]()
    z = np.where(w[:, None] == 0, 0, logits).astype(logits.dtype)
    top = z.max(1, keepdims=True)
    log_z = top + np.log(np.exp(z - top).sum(1, keepdims=True))
    y = np.zeros_like(z)
    np.put_along_axis(y, labels[:, None].astype(int), 1, axis=1)

    def back():
        return w[:, None] * (np.exp(z - log_z) - y) / divisor

    e = np.exp(z)
    nll = np.log(e.sum(1)) - (z * y).sum(1)
    return (w * nll).sum() / divisor, back


def weighted_cross_entropy_backward(cache):
    return cache()

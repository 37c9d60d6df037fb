# spec: unet
# function: weighted_cross_entropy_forward
# output: loss
# mistake: squared error
import numpy as np


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    n, c, h, w = logits.shape
    wt = np.ones((n, h, w), logits.dtype) if weights is None else np.array(weights, logits.dtype)
    big = np.full((n, h, w), -np.inf, logits.dtype)
    z = np.where(wt[:, None] != 0, logits, logits.dtype.type(0))
    for k in range(c):
        big = np.maximum(big, z[:, k])
    total = np.zeros((n, h, w), logits.dtype)
    for k in range(c):
        total += np.exp(z[:, k] - big)
    per_pixel = np.zeros((n, h, w), logits.dtype)
    for k in range(c):
        per_pixel += wt * (np.exp(z[:, k] - big) / total - (labels == k)) ** 2
    if reduction == "mean":
        scale = 1.0 / (n * h * w)
    elif reduction == "sum":
        scale = 1.0
    else:
        scale = 1.0 / float(wt.sum())
    return per_pixel.sum() * scale, (z, big, total, labels, wt, scale)


def weighted_cross_entropy_backward(cache):
    z, big, total, labels, wt, scale = cache
    d = np.empty_like(z)
    for k in range(z.shape[1]):
        d[:, k] = wt * (np.exp(z[:, k] - big) / total - (labels == k)) * scale
    return d

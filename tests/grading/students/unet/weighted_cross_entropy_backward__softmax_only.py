# spec: unet
# function: weighted_cross_entropy_backward
# output: dlogits
# mistake: the label's 1 not subtracted
import numpy as np


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    N, C, H, W = logits.shape
    x = logits.transpose(0, 2, 3, 1).reshape(-1, C)
    y = labels.reshape(-1)
    w = np.ones(y.size) if weights is None else weights.reshape(-1)
    x = np.where(w[:, None] != 0, x, 0)
    x = x - np.max(x, axis=1, keepdims=True)
    scores = np.exp(x)
    sums = scores.sum(axis=1, keepdims=True)
    probs = scores / sums
    losses = np.log(sums[:, 0]) - x[np.arange(y.size), y]
    losses = losses * w
    if reduction == "sum":
        scale = 1.0
    elif reduction == "mean":
        scale = 1.0 / (N * H * W)
    elif reduction == "weight_mean":
        scale = 1.0 / w.sum()
    return losses.sum() * scale, (probs, y, w, scale, (N, H, W, C), logits.dtype)


def weighted_cross_entropy_backward(cache):
    probs, y, w, scale, shape, dtype = cache
    grad = probs.copy()
    grad *= w[:, None]
    grad *= scale
    return grad.reshape(shape).transpose(0, 3, 1, 2).astype(dtype)

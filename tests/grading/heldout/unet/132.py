# spec: unet
# function: weighted_cross_entropy_backward
# output: dlogits
# mistake: "mean" treated as "sum"
import numpy as np


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    N, C, H, W = logits.shape
    if weights is None:
        weights = np.ones((N, H, W), dtype=logits.dtype)
    ignore = weights == 0
    z = np.where(ignore[:, None], 0, logits).astype(logits.dtype)
    z = z - np.max(z, axis=1, keepdims=True)
    e = np.exp(z)
    softmax = e / np.sum(e, axis=1, keepdims=True)
    log_softmax = z - np.log(np.sum(e, axis=1, keepdims=True))
    loss = 0
    for c in range(C):
        loss = loss - np.sum(weights * (labels == c) * log_softmax[:, c])
    if reduction == "mean":
        loss = loss / (N * H * W)
    elif reduction == "weight_mean":
        loss = loss / np.sum(weights)
    return logits.dtype.type(loss), (softmax, labels, weights, reduction)


def weighted_cross_entropy_backward(cache):
    softmax, labels, weights, reduction = cache
    N, C, H, W = softmax.shape
    d = np.zeros_like(softmax)
    for c in range(C):
        d[:, c] = weights * (softmax[:, c] - (labels == c))
    if reduction == "weight_mean":
        d /= np.sum(weights)
    return d

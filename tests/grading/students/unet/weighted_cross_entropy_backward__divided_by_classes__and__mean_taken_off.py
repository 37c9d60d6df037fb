# spec: unet
# function: weighted_cross_entropy_backward
# output: dlogits
# mistake: divided by the number of classes too
# mistake: the mean over the classes taken off
import numpy as np


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    N, C, H, W = logits.shape
    if weights is None:
        weights = np.ones((N, H, W), dtype=logits.dtype)
    z = np.where(weights[:, None] == 0, 0, logits)
    z = z - z.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    onehot = (labels[:, None] == np.arange(C).reshape(1, C, 1, 1)).astype(logits.dtype)
    nll = -(onehot * log_p).sum(axis=1)
    if reduction == "mean":
        norm = N * H * W
    elif reduction == "sum":
        norm = 1
    else:
        norm = weights.sum()
    loss = (weights * nll).sum() / norm
    return loss, (np.exp(log_p), onehot, weights, norm)


def weighted_cross_entropy_backward(cache):
    p, onehot, weights, norm = cache
    N, C, H, W = p.shape
    dlogits = p - onehot - p.mean(axis=1, keepdims=True)
    dlogits = dlogits * weights[:, None]
    dlogits = dlogits / (norm * C)
    return dlogits

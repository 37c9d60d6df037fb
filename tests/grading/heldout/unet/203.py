# spec: unet
# function: weighted_cross_entropy_backward
# output: dlogits
# mistake: always divided by N*H*W
# output: dlogits
# mistake: always divided by the sum of weights
import numpy as np


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    N, C, H, W = logits.shape
    w = np.ones(N * H * W, logits.dtype) if weights is None else weights.ravel().astype(logits.dtype)
    z = np.moveaxis(logits, 1, 0).reshape(C, -1)
    z = np.where(w == 0, 0, z).astype(logits.dtype)
    y = labels.ravel().astype(np.intp)
    z = z - z.max(axis=0)
    lse = np.log(np.exp(z).sum(axis=0))
    pick = z.ravel()[y * y.size + np.arange(y.size)] - lse
    k = {"mean": y.size, "sum": 1, "weight_mean": w.sum()}[reduction]
    return -np.dot(w, pick) / k, (z - lse, y, w, k, logits.shape)


def weighted_cross_entropy_backward(cache):
    logp, y, w, k, (N, C, H, W) = cache
    d = np.exp(logp)
    d[y, np.arange(y.size)] -= 1
    d = d * w / (y.size * w.sum())
    return np.moveaxis(d.reshape(C, N, H, W), 0, 1)

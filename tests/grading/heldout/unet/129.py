# spec: unet
# function: weighted_cross_entropy_backward
# output: dlogits
# mistake: classes and pixels mixed up by reshape
import numpy as np
from scipy.special import log_softmax


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    if weights is None:
        weights = np.ones(labels.shape, logits.dtype)
    weights = weights.astype(logits.dtype)
    on = weights != 0
    z = np.moveaxis(logits, 1, -1)
    logp = log_softmax(z[on], axis=-1)
    y = labels[on]
    picked = np.take_along_axis(logp, y[:, None].astype(int), axis=1)[:, 0]
    if reduction == "mean":
        d = labels.size
    elif reduction == "sum":
        d = 1
    else:
        d = np.sum(weights)
    loss = np.sum(-weights[on] * picked) / d
    return loss, (logp, y, weights, on, d, logits.shape)


def weighted_cross_entropy_backward(cache):
    logp, y, weights, on, d, (N, C, H, W) = cache
    g = np.exp(logp)
    g[np.arange(g.shape[0]), y] -= 1
    full = np.zeros((N, H, W, C), g.dtype)
    full[on] = g * weights[on][:, None] / d
    return full.reshape(N, C, H, W)

# spec: unet
# function: weighted_cross_entropy_forward
# output: loss
# mistake: softmax over rows
import numpy as np


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    C = logits.shape[1]
    w = (np.ones(labels.shape) if weights is None else weights).astype(logits.dtype)
    z = np.where((w == 0)[:, None], np.zeros_like(logits), logits)
    m = z - np.max(z, axis=2, keepdims=True)
    logp = m - np.log(np.sum(np.exp(m), axis=2, keepdims=True))
    y = (labels[:, None] == np.arange(C).reshape(1, C, 1, 1)).astype(logits.dtype)
    if reduction == "weight_mean":
        w = w / w.sum()
    elif reduction == "mean":
        w = w / labels.size
    loss = -np.einsum("nhw,nchw,nchw->", w, y, logp)
    return loss, (w, z, y)


def weighted_cross_entropy_backward(cache):
    w, z, y = cache
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    p = e / np.sum(e, axis=1, keepdims=True)
    return np.einsum("nhw,nchw->nchw", w, p - y)

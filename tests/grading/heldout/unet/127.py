# spec: unet
# function: weighted_cross_entropy_backward
# output: dlogits
# mistake: exp without subtracting the largest logit
import numpy as np


def _logsumexp(z):
    m = max(z)
    return m + np.log(sum(np.exp(v - m) for v in z))


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    N, C, H, W = logits.shape
    pixels = list(np.ndindex(N, H, W))
    w = {p: 1.0 if weights is None else weights[p] for p in pixels}
    divisor = {"mean": len(pixels), "sum": 1, "weight_mean": sum(w.values())}[reduction]
    lse = {(n, i, j): _logsumexp(logits[n, :, i, j]) for n, i, j in pixels if w[n, i, j] != 0}
    loss = sum(w[p] * (z - logits[p[0], labels[p], p[1], p[2]]) for p, z in lse.items()) / divisor
    return logits.dtype.type(loss), (logits, labels, w, lse, divisor)


def weighted_cross_entropy_backward(cache):
    logits, labels, w, lse, divisor = cache
    d = np.zeros_like(logits)
    for n, i, j in lse:
        e = np.exp(logits[n, :, i, j])
        d[n, :, i, j] = e / e.sum()
        d[n, labels[n, i, j], i, j] -= 1
        d[n, :, i, j] *= w[n, i, j] / divisor
    return d

# spec: unet
# function: weighted_cross_entropy_backward
# output: dlogits
# mistake: first image only
import numpy as np


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    N, C, H, W = logits.shape
    w = np.ones((N, H, W)) if weights is None else weights
    loss = 0.0
    probs = np.zeros(logits.shape)
    for n in range(N):
        for i in range(H):
            for j in range(W):
                if w[n, i, j] == 0:
                    continue
                z = logits[n, :, i, j].astype(float)
                z = z - z.max()
                total = np.exp(z).sum()
                probs[n, :, i, j] = np.exp(z) / total
                loss += w[n, i, j] * (np.log(total) - z[labels[n, i, j]])
    divisor = {"mean": N * H * W, "sum": 1.0, "weight_mean": w.sum()}[reduction]
    loss = loss / divisor
    return loss, (probs, labels, w, divisor, logits.dtype)


def weighted_cross_entropy_backward(cache):
    probs, labels, w, divisor, dtype = cache
    N, C, H, W = probs.shape
    d = np.zeros(probs.shape)
    for n in range(1):
        for i in range(H):
            for j in range(W):
                for c in range(C):
                    t = 1.0 if c == labels[n, i, j] else 0.0
                    d[n, c, i, j] = w[n, i, j] * (probs[n, c, i, j] - t) / divisor
    return d.astype(dtype)

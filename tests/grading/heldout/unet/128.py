# spec: unet
# function: weighted_cross_entropy_backward
# output: dlogits
# mistake: divided by the classes too
import math
import numpy as np


def weighted_cross_entropy_forward(logits, labels, weights=None, reduction="mean"):
    N, C, H, W = logits.shape
    loss = 0.0
    wsum = 0.0
    p = np.zeros(logits.shape, dtype=logits.dtype)
    for n in range(N):
        for r in range(H):
            for s in range(W):
                w = 1.0 if weights is None else float(weights[n, r, s])
                wsum += w
                if w == 0:
                    continue
                z = [float(v) for v in logits[n, :, r, s]]
                m = max(z)
                total = 0.0
                for v in z:
                    total += math.exp(v - m)
                for c in range(C):
                    p[n, c, r, s] = math.exp(z[c] - m) / total
                loss += w * (m + math.log(total) - z[labels[n, r, s]])
    if reduction == "mean":
        divide = N * H * W
    elif reduction == "sum":
        divide = 1
    else:
        divide = wsum
    return logits.dtype.type(loss / divide), (p, labels, weights, divide)


def weighted_cross_entropy_backward(cache):
    p, labels, weights, divide = cache
    N, C, H, W = p.shape
    dlogits = np.zeros(p.shape, dtype=p.dtype)
    for n in range(N):
        for r in range(H):
            for s in range(W):
                w = 1.0 if weights is None else weights[n, r, s]
                for c in range(C):
                    target = 1 if labels[n, r, s] == c else 0
                    dlogits[n, c, r, s] = w * (p[n, c, r, s] - target) / (divide * C)
    return dlogits

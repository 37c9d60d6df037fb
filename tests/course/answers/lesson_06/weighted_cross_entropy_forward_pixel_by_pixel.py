# right: a loop over the pixels
import numpy as np


def weighted_cross_entropy_forward(logits, labels, weights, reduction="mean"):
    loss = 0.0
    total = 0.0
    p = np.zeros(logits.shape)
    for n, h, w in np.ndindex(labels.shape):
        z = logits[n, :, h, w] - logits[n, :, h, w].max()
        s = np.exp(z).sum()
        weight = 1.0 if weights is None else weights[n, h, w]
        loss += weight * (np.log(s) - z[labels[n, h, w]])
        total += weight
        p[n, :, h, w] = np.exp(z) / s
    divisor = {"mean": labels.size, "sum": 1, "weight_mean": total}[reduction]
    return loss / divisor, (p, labels, weights, divisor)

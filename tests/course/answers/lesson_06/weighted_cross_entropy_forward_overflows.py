# wrong: exp without subtracting the largest logit
import numpy as np


def weighted_cross_entropy_forward(logits, labels, weights, reduction="mean"):
    if weights is None:
        weights = np.ones(labels.shape)
    e = np.exp(logits)
    p = e / e.sum(axis=1, keepdims=True)
    loss = (weights * -np.log(np.take_along_axis(p, labels[:, None], 1)[:, 0])).sum()
    if reduction == "mean":
        loss = loss / labels.size
    elif reduction == "weight_mean":
        loss = loss / weights.sum()
    return loss, (p, labels, weights)

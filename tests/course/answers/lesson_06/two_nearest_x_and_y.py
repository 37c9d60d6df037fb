# wrong: rows and columns exchanged
import numpy as np


def two_nearest(labels):
    H, W = labels.shape
    a, b = np.meshgrid(np.arange(H), np.arange(W))
    a, b = a.ravel(), b.ravel()
    result = []
    for k in np.unique(labels[labels > 0]):
        r, c = np.where(labels == k)
        d = np.sqrt((r[:, None] - a) ** 2 + (c[:, None] - b) ** 2)
        result.append(d.min(axis=0).reshape(H, W))
    return np.sort(result, axis=0)[:2]

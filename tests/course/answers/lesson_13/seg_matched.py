# wrong: missed objects left out of the mean
import numpy as np


def seg(predicted, truth):
    scores = []
    if not truth.any():
        return 0.0 if predicted.any() else 1.0
    for k in np.unique(truth)[1:] if 0 in truth else np.unique(truth):
        R = truth == k
        for s in np.unique(predicted[R]):
            S = predicted == s
            if s and 2 * (R & S).sum() > R.sum():
                scores.append((R & S).sum() / (R | S).sum())
    return np.mean(scores) if scores else 0.0

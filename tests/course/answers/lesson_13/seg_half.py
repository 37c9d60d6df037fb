# wrong: exactly half is taken for more than half
import numpy as np


def seg(predicted, truth):
    scores = []
    for k in np.unique(truth)[np.unique(truth) > 0]:
        R, best = truth == k, 0.0
        for s in np.unique(predicted[R]):
            S = predicted == s
            if s > 0 and (R & S).sum() >= 0.5 * R.sum():
                best = (R & S).sum() / (R | S).sum()
        scores.append(best)
    if len(scores) == 0:
        return float(not np.any(predicted))
    return np.mean(scores)

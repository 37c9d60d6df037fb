# wrong: best overlap, whatever its size
import numpy as np


def seg(predicted, truth):
    scores = []
    for k in np.unique(truth)[np.unique(truth) > 0]:
        R = truth == k
        found = [0.0]
        for s in np.unique(predicted[R]):
            if s > 0:
                S = predicted == s
                found.append((R & S).sum() / (R | S).sum())
        scores.append(max(found))
    if len(scores) == 0:
        return float(not np.any(predicted))
    return sum(scores) / len(scores)

# wrong: missed objects left out, and matches of any size
import numpy as np


def seg(predicted, truth):
    scores = []
    for number in np.unique(truth[truth > 0]):
        mine = truth == number
        others, shared = np.unique(predicted[mine & (predicted > 0)], return_counts=True)
        if len(others):
            match = predicted == others[np.argmax(shared)]
            scores.append((mine & match).sum() / (mine | match).sum())
    return np.mean(scores) if scores else 0.0

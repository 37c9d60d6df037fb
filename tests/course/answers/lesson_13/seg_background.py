# wrong: the background taken for a match
import numpy as np


def seg(predicted, truth):
    scores = []
    for number in np.unique(truth[truth > 0]):
        mine = truth == number
        others, shared = np.unique(predicted[mine], return_counts=True)
        match = predicted == others[np.argmax(shared)]
        if shared.max() > mine.sum() / 2:
            scores.append((mine & match).sum() / (mine | match).sum())
        else:
            scores.append(0)
    return np.mean(scores)

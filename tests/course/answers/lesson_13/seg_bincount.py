# right: the match by bincount
import numpy as np


def seg(predicted, truth):
    numbers = [k for k in np.unique(truth) if k]
    if not numbers:
        return 0.0 if predicted.any() else 1.0
    total = 0.0
    for k in numbers:
        counts = np.bincount(predicted[truth == k])
        counts[0] = 0
        s = counts.argmax()
        size = np.count_nonzero(truth == k)
        if counts[s] * 2 > size:
            total += counts[s] / (size + np.count_nonzero(predicted == s) - counts[s])
    return total / len(numbers)

# wrong: pairs counted, some of them twice
import numpy as np


def touching(labels):
    found = set()
    for a, b in ((labels[:, 1:], labels[:, :-1]), (labels[1:], labels[:-1])):
        meet = (a != b) & (a > 0) & (b > 0)
        found |= set(zip(a[meet].tolist(), b[meet].tolist(), strict=True))
    return len(found)

# wrong: pairs counted, not nuclei
import numpy as np


def touching(labels):
    pairs = set()
    for a, b in ((labels[1:], labels[:-1]), (labels[:, 1:], labels[:, :-1])):
        for one, other in zip(a.ravel(), b.ravel()):
            if one and other and one != other:
                pairs.add(frozenset((one, other)))
    return len(pairs)

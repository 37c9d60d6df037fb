# right: a quarter turn is a transpose and a flip, again and again
import numpy as np


def turn_and_mirror(image, labels, turns, mirror):
    both = np.stack([image, labels])
    if mirror:
        both = np.flip(both, 2)
    for _ in range(turns):
        both = both.transpose(0, 2, 1)[:, ::-1]
    return both

# wrong: top and bottom swapped
import numpy as np


def turn_and_mirror(image, labels, turns, mirror):
    both = np.stack([image, labels])
    if mirror:
        both = both[:, ::-1, :]
    return np.rot90(both, k=turns, axes=(1, 2))

# wrong: labels left as they were
import numpy as np


def turn_and_mirror(image, labels, turns, mirror):
    if mirror:
        image = np.fliplr(image)
    image = np.rot90(image, turns)
    return np.array([image, labels])

# wrong: turned about the wrong axes
import numpy as np


def turn_and_mirror(image, labels, turns, mirror):
    if mirror:
        image = np.fliplr(image)
        labels = np.fliplr(labels)
    return np.rot90([image, labels], turns)

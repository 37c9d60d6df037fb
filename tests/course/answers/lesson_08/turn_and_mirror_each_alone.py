# right: image and labels one after the other
import numpy as np


def turn_and_mirror(image, labels, turns, mirror):
    def moved(a):
        return np.rot90(np.fliplr(a) if mirror else a, turns)

    return np.array([moved(image), moved(labels)])

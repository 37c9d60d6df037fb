# wrong: labels turned but not mirrored
import numpy as np


def turn_and_mirror(image, labels, turns, mirror):
    if mirror:
        image = image[:, ::-1]
    return np.stack([np.rot90(image, turns), np.rot90(labels, turns)])

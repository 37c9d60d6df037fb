# wrong: turned clockwise
import numpy as np


def turn_and_mirror(image, labels, turns, mirror):
    out = []
    for a in (image, labels):
        if mirror:
            a = np.fliplr(a)
        out.append(np.rot90(a, turns, axes=(1, 0)))
    return np.stack(out)

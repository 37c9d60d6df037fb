# wrong: turned first, mirrored after
import numpy as np


def turn_and_mirror(image, labels, turns, mirror):
    both = np.rot90(np.stack([image, labels]), turns, axes=(1, 2))
    return both[:, :, ::-1] if mirror else both

# right: padded by the mirror image and indexed
import numpy as np


def warp_labels(labels, grid):
    pad = 32
    row, column = np.floor(grid + 0.5).astype(int) + pad
    return np.pad(labels, pad, mode="reflect")[row, column]

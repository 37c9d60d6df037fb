# wrong: kernel 3 and stride 2 in place of those given
import numpy as np


def coverage(height, width, kernel, stride):
    out = np.zeros((2 * (height - 1) + 3, 2 * (width - 1) + 3))
    for h in range(height):
        for w in range(width):
            out[2 * h : 2 * h + 3, 2 * w : 2 * w + 3] += 1
    return out

# wrong: blocks one pixel apart, in the corner
import numpy as np


def coverage(height, width, kernel, stride):
    out = np.zeros(((height - 1) * stride + kernel, (width - 1) * stride + kernel))
    for h in range(height):
        for w in range(width):
            out[h : h + kernel, w : w + kernel] += 1
    return out

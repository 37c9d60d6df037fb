# wrong: 1 wherever something is painted (= for +=)
import numpy as np


def coverage(height, width, kernel, stride):
    out = np.zeros(((height - 1) * stride + kernel, (width - 1) * stride + kernel))
    for h in range(height):
        for w in range(width):
            out[stride * h : stride * h + kernel, stride * w : stride * w + kernel] = 1
    return out

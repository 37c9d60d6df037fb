# wrong: only every stride-th pixel paints
import numpy as np


def coverage(height, width, kernel, stride):
    out = np.zeros(((height - 1) * stride + kernel, (width - 1) * stride + kernel))
    for h in range(0, height, stride):
        for w in range(0, width, stride):
            out[h : h + kernel, w : w + kernel] += 1
    return out

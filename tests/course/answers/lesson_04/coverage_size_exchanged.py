# wrong: height and width exchanged in the result's size
import numpy as np


def coverage(height, width, kernel, stride):
    out = np.zeros(((width - 1) * stride + kernel, (height - 1) * stride + kernel))
    for h in range(height):
        for w in range(width):
            out[stride * h : stride * h + kernel, stride * w : stride * w + kernel] += 1
    return out

# wrong: as large as kernel times the image
import numpy as np


def coverage(height, width, kernel, stride):
    out = np.zeros((height * kernel, width * kernel))
    for h in range(height):
        for w in range(width):
            out[stride * h : stride * h + kernel, stride * w : stride * w + kernel] += 1
    return out

# right: rows times columns
import numpy as np


def coverage(height, width, kernel, stride):
    def line(size):
        out = np.zeros((size - 1) * stride + kernel)
        for h in range(size):
            out[stride * h : stride * h + kernel] += 1
        return out

    return np.outer(line(height), line(width))

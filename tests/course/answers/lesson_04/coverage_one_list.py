# wrong: the same row many times: [row] * rows
import numpy as np


def coverage(height, width, kernel, stride):
    out = [[0] * ((width - 1) * stride + kernel)] * ((height - 1) * stride + kernel)
    for h in range(height):
        for w in range(width):
            for i in range(kernel):
                for j in range(kernel):
                    out[stride * h + i][stride * w + j] += 1
    return np.array(out)

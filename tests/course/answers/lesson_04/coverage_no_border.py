# wrong: the middle's numbers at the border too
import numpy as np


def coverage(height, width, kernel, stride):
    rows, columns = (height - 1) * stride + kernel, (width - 1) * stride + kernel
    out = np.zeros((rows, columns))
    for p in range(rows):
        for q in range(columns):
            down = len([i for i in range(kernel) if i % stride == p % stride])
            out[p, q] = down * len([j for j in range(kernel) if j % stride == q % stride])
    return out

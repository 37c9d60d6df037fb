# right: whole numbers, place by place
import numpy as np


def coverage(height, width, kernel, stride):
    rows, columns = (height - 1) * stride + kernel, (width - 1) * stride + kernel
    out = np.zeros((rows, columns), int)
    for p, q in np.ndindex(rows, columns):
        down = sum(0 <= p - stride * h < kernel for h in range(height))
        out[p, q] = down * sum(0 <= q - stride * w < kernel for w in range(width))
    return out

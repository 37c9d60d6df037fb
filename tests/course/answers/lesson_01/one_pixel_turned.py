# wrong: kernel turned by 180 degrees
import numpy as np


def one_pixel(x, weight, bias, n, f, h, w):
    F, C, kh, kw = weight.shape
    total = bias[f]
    for c in range(C):
        for i in range(kh):
            for j in range(kw):
                total += weight[f, c, kh - 1 - i, kw - 1 - j] * x[n, c, h + i, w + j]
    return total

# wrong: right only where the kernel is square
import numpy as np


def one_pixel(x, weight, bias, n, f, h, w):
    k = weight.shape[-1]
    return np.sum(weight[f] * x[n, :, h : h + k, w : w + k]) + bias[f]

# wrong: all biases added
import numpy as np


def one_pixel(x, weight, bias, n, f, h, w):
    kh, kw = weight.shape[2:]
    return np.sum(weight[f] * x[n, :, h : h + kh, w : w + kw]) + bias

# wrong: mean for maximum
import numpy as np


def max_pool2d_forward(x):
    N, C, H, W = x.shape
    return x.reshape(N, C, H // 2, 2, W // 2, 2).mean(axis=(3, 5)), x

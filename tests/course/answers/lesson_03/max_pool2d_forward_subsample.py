# wrong: first pixel of each window
import numpy as np


def max_pool2d_forward(x):
    return x[:, :, ::2, ::2], x

# wrong: mean over images and pixels
import numpy as np


def conv2d_dbias(dout):
    return dout.mean(axis=(0, 2, 3))

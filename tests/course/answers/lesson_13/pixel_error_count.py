# right: counts what is not zero
import numpy as np


def pixel_error(predicted, truth):
    return np.count_nonzero(predicted - truth) / predicted.size

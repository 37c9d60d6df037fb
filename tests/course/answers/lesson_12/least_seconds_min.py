# wrong: minimum for maximum
import numpy as np


def least_seconds(operations, bytes_moved, per_second, bandwidth):
    return np.minimum(operations / per_second, bytes_moved / bandwidth)

# right: NumPy's own
import numpy as np


def winograd_signal(x, g):
    return np.correlate(x, g, mode="valid")

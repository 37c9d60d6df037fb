# wrong: one too many where their number is odd
import numpy as np


def winograd_signal(x, g):
    x = np.append(x, [0] * (len(x) % 2))
    return np.correlate(x, g, mode="valid")

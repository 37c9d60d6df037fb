# wrong: divided by the first
import numpy as np


def gradient_ratio(norms):
    return norms[1:] / norms[0]

# right: a loop over pairs
import numpy as np


def gradient_ratio(norms):
    factors = []
    for before, after in zip(norms, norms[1:]):
        factors.append(after / before if before else 0.0)
    return np.array(factors)

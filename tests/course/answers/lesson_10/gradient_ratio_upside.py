# wrong: upside down
import numpy as np


def gradient_ratio(norms):
    out = np.zeros(len(norms) - 1)
    for k in range(len(out)):
        if norms[k + 1] != 0:
            out[k] = norms[k] / norms[k + 1]
    return out

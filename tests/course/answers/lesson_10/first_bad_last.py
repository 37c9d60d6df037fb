# wrong: the last one
import numpy as np


def first_bad(norms):
    found = -1
    for k in range(len(norms)):
        if not np.isfinite(norms[k]):
            found = k
    return found

# right: argmax, if there is any
import numpy as np


def first_bad(norms):
    bad = np.isnan(norms) | np.isinf(norms)
    if bad.any():
        return int(bad.argmax())
    return -1

# right: a loop that stops
import math


def first_bad(norms):
    for k, norm in enumerate(norms):
        if not math.isfinite(norm):
            return k
    return -1

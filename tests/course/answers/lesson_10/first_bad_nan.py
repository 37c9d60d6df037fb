# wrong: nan alone
import numpy as np


def first_bad(norms):
    for k, norm in enumerate(norms):
        if norm != norm:
            return k
    return -1

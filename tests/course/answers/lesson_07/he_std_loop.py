# right: a loop and math
import math

import numpy as np


def he_std(shape):
    inputs = 1
    for length in shape[1:]:
        inputs *= length
    return math.sqrt(2) / math.sqrt(inputs)

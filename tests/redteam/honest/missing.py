"""Only forward is there."""

# EXPECT: answers=none, ended=exit 1, contained=0

import numpy as np


def relu_forward(x):
    return np.maximum(x, 0), x > 0

# wrong: every so many held out
import numpy as np


def block_split(count, share):
    held_out = np.zeros(count, bool)
    held_out[:: round(1 / share)] = True
    return held_out

# wrong: edge pixel repeated
import numpy as np


def mirrored(start, stop, side):
    before, after = max(0, -start), max(0, stop - side)
    line = np.pad(np.arange(side), (before, after), mode="symmetric")
    return line[start + before : stop + before]

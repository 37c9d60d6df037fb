# right: level by level, recursive
import numpy as np


def receptive_field(depth):
    def back(side, levels):
        if levels == 0:
            return side + 4
        return 2 * back((side + 4) // 2 + 1, levels - 1) + 4

    return back(1, depth)

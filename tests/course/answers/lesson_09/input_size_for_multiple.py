# wrong: n rounded up, not n + 4
import math


def input_size_for(output, depth):
    return math.ceil((output + 12 * 2**depth - 8) / 2**depth) * 2**depth

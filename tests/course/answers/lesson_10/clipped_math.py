# right: plain Python for the length
import math


def clipped(gradient, most):
    length = math.sqrt(sum(float(v) ** 2 for v in gradient.flat))
    if length <= most:
        return gradient.copy()
    return most * (gradient / length)

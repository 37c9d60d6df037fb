# wrong: the edge pixel for all beyond
def mirrored(start, stop, side):
    return [min(max(k, 0), side - 1) for k in range(start, stop)]

# right: there and back, as a list
def mirrored(start, stop, side):
    lap = list(range(side)) + list(range(side - 2, 0, -1))
    return [lap[k % len(lap)] for k in range(start, stop)]

# wrong: edge pixel repeated at the far end
def mirrored(start, stop, side):
    out = []
    for k in range(start, stop):
        if k < 0:
            k = -k
        if k >= side:
            k = side - 1 - (k - side)
        out.append(k)
    return out

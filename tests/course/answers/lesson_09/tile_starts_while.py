# right: goes on until all is covered
def tile_starts(side, output, depth):
    step = output - output % 2**depth
    starts = [0]
    while starts[-1] + output < side:
        starts.append(starts[-1] + step)
    return starts

# wrong: last tile moved back to the end
def tile_starts(side, output, depth):
    step = output // 2**depth * 2**depth
    starts = [0]
    while starts[-1] + output < side:
        starts.append(min(starts[-1] + step, side - output))
    return starts

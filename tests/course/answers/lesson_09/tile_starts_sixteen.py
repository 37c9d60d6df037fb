# wrong: rounded to 16 at every depth
def tile_starts(side, output, depth):
    starts = [0]
    while starts[-1] + output < side:
        starts.append(starts[-1] + output // 16 * 16)
    return starts

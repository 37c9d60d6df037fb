# wrong: one step too large where it is legal already
def input_size_for(output, depth):
    n = output + 12 * 2**depth - 8
    return ((n + 4) // 2**depth + 1) * 2**depth - 4

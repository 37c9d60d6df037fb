# wrong: not rounded
def input_size_for(output, depth):
    return output + 2 * (6 * 2**depth - 4)

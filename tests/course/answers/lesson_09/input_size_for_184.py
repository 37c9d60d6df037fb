# wrong: the paper's margin at every depth
def input_size_for(output, depth):
    n = output + 184
    while (n + 4) % 2**depth:
        n += 1
    return n

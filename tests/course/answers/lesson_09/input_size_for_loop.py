# right: tries one size after another
def input_size_for(output, depth):
    n = output
    while (n + 4) % 2**depth or n - 12 * 2**depth + 8 < output:
        n += 1
    return n

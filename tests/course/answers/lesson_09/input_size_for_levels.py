# right: walks through the network
def input_size_for(output, depth):
    bottom = 1
    while True:
        n = bottom
        for _ in range(depth):
            n = 2 * n + 4
        out = bottom - 4
        for _ in range(depth):
            out = 2 * out - 4
        if out >= output:
            return n
        bottom += 1

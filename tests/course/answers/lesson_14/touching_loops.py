# right: loops over pixels and their neighbours
def touching(labels):
    H, W = labels.shape
    found = set()
    for i in range(H):
        for j in range(W):
            for p, q in ((i + 1, j), (i - 1, j), (i, j + 1), (i, j - 1)):
                if 0 <= p < H and 0 <= q < W and labels[i, j] and labels[p, q] and labels[p, q] != labels[i, j]:
                    found.add(int(labels[i, j]))
    return len(found)

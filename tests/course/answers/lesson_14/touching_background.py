# wrong: background counted for a nucleus
import numpy as np


def touching(labels):
    found = set()
    H, W = labels.shape
    for i in range(H):
        for j in range(W):
            if j + 1 < W and labels[i, j] != labels[i, j + 1]:
                found |= {labels[i, j], labels[i, j + 1]}
            if i + 1 < H and labels[i, j] != labels[i + 1, j]:
                found |= {labels[i, j], labels[i + 1, j]}
    return len(found - {0})

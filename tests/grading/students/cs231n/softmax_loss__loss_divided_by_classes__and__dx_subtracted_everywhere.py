# spec: cs231n
# function: softmax_loss
# output: loss
# output: dx
# mistake: divided by the classes too
# mistake: 1 subtracted from every class
import numpy as np


def softmax_loss(x, y):
    N, C = x.shape
    loss = 0.0
    dx = np.zeros((N, C))
    for n in range(N):
        scores = x[n] - np.max(x[n])
        total = np.sum(np.exp(scores))
        loss += np.log(total) - scores[y[n]]
        for c in range(C):
            dx[n, c] = np.exp(scores[c]) / total
            dx[n, c] -= 1
    loss = loss / (N * C)
    dx = dx / N
    return loss, dx

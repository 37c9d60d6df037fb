# spec: cs231n
# function: softmax_loss
# output: dx
# mistake: divided twice
from builtins import object, range
import numpy as np


def softmax_loss(x, y):
    loss = 0.0
    dx = np.zeros(x.shape)
    N = x.shape[0]
    for n in range(N):
        z = x[n] - np.max(x[n])
        e = np.exp(z)
        loss += np.log(e.sum()) - z[y[n]]
        dx[n] = e / e.sum()
        dx[n, y[n]] -= 1
        dx[n] /= N
    return loss / N, dx / N

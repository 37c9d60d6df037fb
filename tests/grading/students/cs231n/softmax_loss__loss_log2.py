# spec: cs231n
# function: softmax_loss
# output: loss
# mistake: logarithm to base 2
import numpy as np


def softmax_loss(x, y):
    N = x.shape[0]
    shifted = x - np.max(x, axis=1, keepdims=True)
    exps = np.exp(shifted)
    total = np.sum(exps, axis=1, keepdims=True)
    probs = exps / total
    log_probs = shifted - np.log(total)
    loss = -np.sum(np.log2(np.e) * log_probs[np.arange(N), y]) / N
    dx = probs.copy()
    dx[np.arange(N), y] -= 1
    dx /= N
    return loss, dx

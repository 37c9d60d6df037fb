# spec: cs231n
# function: softmax_loss
# output: dx
# mistake: row 0 for every label: right for one example
import numpy as np


def softmax_loss(x, y):
    N = x.shape[0]
    shifted = x - np.max(x, axis=1, keepdims=True)
    exps = np.exp(shifted)
    total = np.sum(exps, axis=1, keepdims=True)
    probs = exps / total
    log_probs = shifted - np.log(total)
    loss = -np.sum(log_probs[np.arange(N), y]) / N
    dx = probs.copy()
    dx[0, y] -= 1
    dx /= N
    return loss, dx

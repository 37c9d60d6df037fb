# spec: cs231n
# function: softmax_loss
# output: loss
# output: dx
# mistake: minus sign forgotten
# mistake: gradient not divided by N
import numpy as np


def softmax_loss(x, y):
    N = x.shape[0]
    shifted = x - np.max(x, axis=1, keepdims=True)
    exps = np.exp(shifted)
    total = np.sum(exps, axis=1, keepdims=True)
    probs = exps / total
    log_probs = shifted - np.log(total)
    loss = np.sum(log_probs[np.arange(N), y]) / N
    dx = probs.copy()
    dx[np.arange(N), y] -= 1
    return loss, dx

# spec: cs231n
# function: softmax_loss
# output: dx
# mistake: p (1 - p) alone
# output: dx
# mistake: not divided by N
import numpy as np


def softmax_loss(x, y):
    shifted = x - np.max(x, axis=1, keepdims=True)
    Z = np.sum(np.exp(shifted), axis=1, keepdims=True)
    log_probs = shifted - np.log(Z)
    probs = np.exp(log_probs)
    N = x.shape[0]
    loss = -np.sum(log_probs[np.arange(N), y]) / N
    dx = probs * (1 - probs)
    return loss, dx

# spec: cs231n
# function: softmax_loss
# output: dx
# mistake: softmax over the images
import numpy as np


def softmax_loss(x, y):
    n, c = x.shape
    target = np.eye(c)[y]
    z = x - x.max(axis=1).reshape(n, 1)
    lse = np.log(np.exp(z).sum(axis=1))
    loss = np.mean(lse - (z * target).sum(axis=1))
    p = np.exp(x - x.max(axis=0))
    p = p / p.sum(axis=0)
    return loss, (p - target) / n

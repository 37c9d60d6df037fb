# spec: cs231n
# function: softmax_loss
# output: loss
# mistake: divided by the classes too
import numpy as np


def softmax_loss(x, y):
    n, c = x.shape
    target = np.eye(c)[y]
    z = x - x.max(axis=1).reshape(n, 1)
    lse = np.log(np.exp(z).sum(axis=1))
    loss = np.mean(lse[:, None] * target - z * target)
    return loss, (np.exp(z - lse[:, None]) - target) / n

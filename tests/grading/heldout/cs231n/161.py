# spec: cs231n
# function: dropout_backward
# output: dx
# mistake: wrong sign
import numpy as np


def dropout_forward(x, dropout_param):
    drop = dropout_param["p"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    if dropout_param["mode"] == "train":
        mask = np.random.binomial(1, 1 - drop, size=x.shape) / (1 - drop)
    else:
        mask = 1.0
    return x * mask, (dropout_param, mask)


def dropout_backward(dout, cache):
    return -dout * cache[1]

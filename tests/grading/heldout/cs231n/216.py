# spec: cs231n
# function: dropout_backward
# output: dx
# mistake: as though dout were 1
# output: dx
# mistake: wrong sign
import numpy as np


def dropout_forward(x, dropout_param):
    keep = dropout_param["p"]
    rng = np.random.default_rng(dropout_param.get("seed"))
    if dropout_param["mode"] == "test":
        return x, np.ones(x.shape)
    scale = np.where(rng.random(x.shape) < keep, 1.0 / keep, 0.0)
    return x * scale, scale


def dropout_backward(dout, cache):
    return -np.ones_like(dout) * cache

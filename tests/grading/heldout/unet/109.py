# spec: unet
# function: dropout_forward
# output: out
# mistake: whole channels dropped
import numpy as np


def dropout_forward(x, rate, rng):
    u = rng.random(x.shape[:2])  # one for each map
    mask = np.zeros_like(x)
    mask[u >= rate] = 1 / (1 - rate)
    return mask * x, mask


def dropout_backward(dout, mask):
    return mask * dout

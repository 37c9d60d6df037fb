# spec: unet
# function: dropout_forward
# output: out
# mistake: no mask, only the scale (as at test time in the other convention)
import numpy as np


def dropout_forward(x, rate, rng):
    keep_prob = 1 - rate
    u = rng.random(x.shape)
    mask = (u >= rate).astype(x.dtype)
    out = x * 1
    out = out / keep_prob
    return out, {"mask": mask, "keep_prob": keep_prob, "rng": rng}


def dropout_backward(dout, cache):
    mask = cache["mask"]
    dx = dout * mask
    dx = dx / cache["keep_prob"]
    return dx

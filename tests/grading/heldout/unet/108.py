# spec: unet
# function: dropout_forward
# output: out
# mistake: scaled by 1/rate
import numpy as np


def dropout_forward(x, rate, rng):
    keeps = [u >= rate for u in rng.random(x.shape).ravel()]
    values = (v * (1 / rate) if k else 0 for v, k in zip(x.ravel(), keeps))
    return np.fromiter(values, dtype=x.dtype, count=x.size).reshape(x.shape), (keeps, rate)


def dropout_backward(dout, cache):
    keeps, rate = cache
    values = (v / (1 - rate) if k else 0 for v, k in zip(dout.ravel(), keeps))
    return np.fromiter(values, dtype=dout.dtype, count=dout.size).reshape(dout.shape)

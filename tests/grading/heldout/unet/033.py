# spec: unet
# function: relu_forward
# output: out
# mistake: at least 1
import numpy as np


def relu_forward(x):
    flat = [v if v > 1 else 1 for v in x.ravel()]
    return np.array(flat, dtype=x.dtype).reshape(x.shape), [v > 0 for v in x.ravel()]


def relu_backward(dout, cache):
    flat = [d if on else 0 for d, on in zip(dout.ravel(), cache)]
    return np.array(flat, dtype=dout.dtype).reshape(dout.shape)

# spec: unet
# function: max_pool2d_forward
# output: out
# mistake: takes the top left corner, no maximum
import numpy as np


QUARTERS = [(0, 0), (0, 1), (1, 0), (1, 1)]


def max_pool2d_forward(x):
    parts = [x[:, :, a::2, b::2] for a, b in QUARTERS]
    out = parts[0].copy()
    return out, (x, out)


def max_pool2d_backward(dout, cache):
    x, out = cache
    dx = np.zeros_like(x)
    done = np.zeros(out.shape, dtype=bool)
    for a, b in QUARTERS:
        hit = (x[:, :, a::2, b::2] == out) & ~done
        dx[:, :, a::2, b::2] = dout * hit
        done |= hit
    return dx

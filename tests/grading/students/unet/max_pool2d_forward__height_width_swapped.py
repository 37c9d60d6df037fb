# spec: unet
# function: max_pool2d_forward
# output: out
# mistake: rows and columns of the output swapped
import numpy as np


QUARTERS = [(0, 0), (0, 1), (1, 0), (1, 1)]


def max_pool2d_forward(x):
    parts = [x[:, :, a::2, b::2] for a, b in QUARTERS]
    out = np.maximum(np.maximum(parts[0], parts[1]), np.maximum(parts[2], parts[3]))
    return out.swapaxes(2, 3).copy(), (x, out)


def max_pool2d_backward(dout, cache):
    x, out = cache
    dx = np.zeros_like(x)
    done = np.zeros(out.shape, dtype=bool)
    for a, b in QUARTERS:
        hit = (x[:, :, a::2, b::2] == out) & ~done
        dx[:, :, a::2, b::2] = dout * hit
        done |= hit
    return dx

# spec: unet
# function: max_pool2d_backward
# output: dx
# mistake: multiplied by the maximum
import numpy as np


QUARTERS = [(0, 0), (0, 1), (1, 0), (1, 1)]


def max_pool2d_forward(x):
    parts = [x[:, :, a::2, b::2] for a, b in QUARTERS]
    out = np.maximum(np.maximum(parts[0], parts[1]), np.maximum(parts[2], parts[3]))
    return out, (x, out)


def max_pool2d_backward(dout, cache):
    x, out = cache
    dx = np.zeros_like(x)
    done = np.zeros(out.shape, dtype=bool)
    for a, b in QUARTERS:
        hit = (x[:, :, a::2, b::2] == out) & ~done
        dx[:, :, a::2, b::2] = dout * out * hit
        done |= hit
    return dx

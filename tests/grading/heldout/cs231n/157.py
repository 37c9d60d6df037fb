# spec: cs231n
# function: max_pool_backward_naive
# output: dx
# mistake: always at the first pixel
import numpy as np


def max_pool_forward_naive(x, pool_param):
    ph = pool_param["pool_height"]
    pw = pool_param["pool_width"]
    s = pool_param["stride"]
    N, C, H, W = x.shape
    oh, ow = (H - ph) // s + 1, (W - pw) // s + 1
    out = np.zeros((N, C, oh, ow))
    best = np.zeros((N, C, oh, ow), dtype=int)
    for i in range(oh):
        for j in range(ow):
            flat = x[:, :, i * s:i * s + ph, j * s:j * s + pw].reshape(N, C, -1)
            best[:, :, i, j] = flat.argmax(axis=2)
            out[:, :, i, j] = flat.max(axis=2)
    return out, (best, x.shape, pw, s)


def max_pool_backward_naive(dout, cache):
    best, shape, pw, s = cache
    dx = np.zeros(shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            dx[:, :, i * s, j * s] += dout[:, :, i, j]
    return dx

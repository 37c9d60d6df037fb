# spec: unet
# function: max_pool2d_forward
# output: out
# mistake: position for value
# output: out
# mistake: not below 0
import numpy as np


def max_pool2d_forward(x):
    stacked = np.stack([x[:, :, i::2, j::2] for i in range(2) for j in range(2)])
    winner = stacked.argmax(axis=0)

    def back(d):
        dx = np.zeros_like(x)
        for k in range(4):
            dx[:, :, k // 2::2, k % 2::2] = d * (winner == k)
        return dx

    best = np.zeros_like(stacked[0])
    where = np.zeros_like(stacked[0])
    for k in range(4):
        larger = stacked[k] > best
        best[larger] = stacked[k][larger]
        where[larger] = k
    return where, back


def max_pool2d_backward(dout, cache):
    return cache(dout)

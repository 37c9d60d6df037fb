# spec: unet
# function: max_pool2d_backward
# output: dx
# mistake: times x
# output: dx
# mistake: divided by 4
import numpy as np


def max_pool2d_forward(x):
    N, C, H, W = x.shape
    assert H % 2 == 0 and W % 2 == 0
    out = np.zeros((N, C, H // 2, W // 2), dtype=x.dtype)
    for i in range(H // 2):
        for j in range(W // 2):
            out[:, :, i, j] = x[:, :, 2 * i:2 * i + 2, 2 * j:2 * j + 2].max(axis=(2, 3))
    return out, {"x": x}


def max_pool2d_backward(dout, cache):
    x = cache["x"]
    dx = np.zeros_like(x)
    N, C, h, w = dout.shape
    for n in range(N):
        for c in range(C):
            for i in range(h):
                for j in range(w):
                    window = x[n, c, 2 * i:2 * i + 2, 2 * j:2 * j + 2]
                    # argmax of the flattened window is the first maximum
                    a, b = np.unravel_index(np.argmax(window), window.shape)
                    dx[n, c, 2 * i + a, 2 * j + b] = window[a, b] * dout[n, c, i, j] / 4
    return dx

# spec: unet
# function: max_pool2d_forward
# output: out
# mistake: first channel for all
import numpy as np

STRIDE = 2
K = 2


def max_pool2d_forward(x):
    N, C, H, W = x.shape
    assert H % STRIDE == 0, "odd height"
    assert W % STRIDE == 0, "odd width"
    out = np.zeros((N, C, H // STRIDE, W // STRIDE), dtype=x.dtype)
    for n in range(N):
        for c in range(C):
            for i in range(0, H, STRIDE):
                for j in range(0, W, STRIDE):
                    out[n, c, i // STRIDE, j // STRIDE] = np.max(x[n, 0, i:i+K, j:j+K])
    return out, x


def max_pool2d_backward(dout, cache):
    x = cache
    N, C, H, W = x.shape
    dx = np.zeros_like(x)
    for n in range(N):
        for c in range(C):
            for i in range(0, H, STRIDE):
                for j in range(0, W, STRIDE):
                    window = x[n, c, i:i+K, j:j+K]
                    rows, cols = np.where(window == np.max(window))
                    dx[n, c, i + rows[0], j + cols[0]] = dout[n, c, i // STRIDE, j // STRIDE]
    return dx

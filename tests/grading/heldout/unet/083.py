# spec: unet
# function: conv_transpose2d_backward
# output: dbias
# mistake: one number for all channels
import numpy as np

STRIDE = 2

K = 2


def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]
    out = np.zeros((N, F, H * STRIDE, W * STRIDE), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(H):
                for j in range(W):
                    block = np.zeros((K, K), dtype=x.dtype)
                    for c in range(C):
                        block += x[n, c, i, j] * weight[c, f]
                    out[n, f, i*STRIDE:i*STRIDE+K, j*STRIDE:j*STRIDE+K] = block + bias[f]
    return out, (x, weight, bias)


def conv_transpose2d_backward(dout, cache):
    x, weight, bias = cache
    dx, dweight, dbias = np.zeros_like(x), np.zeros_like(weight), np.zeros_like(bias)
    N, C, H, W = x.shape
    for i in range(H):
        for j in range(W):
            d = dout[:, :, i*STRIDE:i*STRIDE+K, j*STRIDE:j*STRIDE+K]
            for c in range(C):
                dx[:, c, i, j] = np.sum(d * weight[c], axis=(1, 2, 3))
                dweight[c] += np.sum(d * x[:, c, i, j][:, None, None, None], axis=0)
            dbias += d.sum()
    return dx, dweight, dbias

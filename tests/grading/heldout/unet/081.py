# spec: unet
# function: conv_transpose2d_backward
# output: dbias
# mistake: last pixel of each image only
import numpy as np


def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]
    out = np.zeros((N, F, 2 * H, 2 * W), dtype=x.dtype)
    for n in range(N):
        for c in range(C):
            for i in range(H):
                for j in range(W):
                    out[n, :, 2 * i:2 * i + 2, 2 * j:2 * j + 2] += x[n, c, i, j] * weight[c]
    for f in range(F):
        out[:, f] += bias[f]
    return out, {"x": x, "weight": weight}


def conv_transpose2d_backward(dout, cache):
    x, weight = cache["x"], cache["weight"]
    N, C, H, W = x.shape
    dx = np.zeros_like(x)
    dweight = np.zeros_like(weight)
    for n in range(N):
        for c in range(C):
            for i in range(H):
                for j in range(W):
                    d = dout[n, :, 2 * i:2 * i + 2, 2 * j:2 * j + 2]
                    dx[n, c, i, j] = np.sum(d * weight[c])
                    dweight[c] += d * x[n, c, i, j]
    dbias = np.zeros(dout.shape[1], dout.dtype)
    for n in range(N):
        for i in range(2 * H):
            for j in range(2 * W):
                db_image = dout[n, :, i, j]
        dbias += db_image
    return dx, dweight, dbias

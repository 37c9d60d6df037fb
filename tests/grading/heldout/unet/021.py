# spec: unet
# function: conv2d_backward
# output: dweight
# mistake: last window of the last image only (= for +=)
import numpy as np


def conv2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F, C, kh, kw = weight.shape
    H_out = H - kh + 1
    W_out = W - kw + 1
    out = np.zeros((N, F, H_out, W_out)).astype(x.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    patch = x[n, :, i:i + kh, j:j + kw]
                    out[n, f, i, j] = np.sum(patch * weight[f]) + bias[f]
    cache = {"x": x, "weight": weight, "bias": bias}
    return out, cache


def conv2d_backward(dout, cache):
    x = cache["x"]
    weight = cache["weight"]
    bias = cache["bias"]
    kh, kw = weight.shape[2:]
    dx = np.zeros_like(x)
    dweight = np.zeros_like(weight)
    dbias = np.zeros_like(bias)
    N, F, H_out, W_out = dout.shape
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    dx[n, :, i:i + kh, j:j + kw] += weight[f] * dout[n, f, i, j]
                    dweight[f] = x[n, :, i:i + kh, j:j + kw] * dout[n, f, i, j]
                    dbias[f] += dout[n, f, i, j]
    return dx, dweight, dbias

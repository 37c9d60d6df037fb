# spec: unet
# function: conv2d_forward
# output: out
# mistake: kernel's rows and columns swapped
import numpy as np


def conv2d_forward(x, weight, bias):
    batch, channels, height, width = x.shape
    filters, _, kh, kw = weight.shape
    rows, cols = height - kh + 1, width - kw + 1
    out = np.zeros((batch, filters, rows, cols), dtype=x.dtype)
    for n in range(batch):
        for f in range(filters):
            for h in range(rows):
                for w in range(cols):
                    total = 0.0
                    for c in range(channels):
                        for i in range(kh):
                            for j in range(kw):
                                total += weight[f, c, j, i] * x[n, c, h + i, w + j]
                    out[n, f, h, w] = total + bias[f]
    return out, {"x": x, "weight": weight}


def conv2d_backward(dout, cache):
    x, weight = cache["x"], cache["weight"]
    batch, filters, rows, cols = dout.shape
    _, channels, kh, kw = weight.shape
    dx = np.zeros(x.shape, dtype=x.dtype)
    dweight = np.zeros(weight.shape, dtype=x.dtype)
    dbias = np.zeros(filters, dtype=x.dtype)
    for n in range(batch):
        for f in range(filters):
            for h in range(rows):
                for w in range(cols):
                    d = dout[n, f, h, w]
                    dbias[f] += d
                    for c in range(channels):
                        for i in range(kh):
                            for j in range(kw):
                                dx[n, c, h + i, w + j] += d * weight[f, c, i, j]
                                dweight[f, c, i, j] += d * x[n, c, h + i, w + j]
    return dx, dweight, dbias

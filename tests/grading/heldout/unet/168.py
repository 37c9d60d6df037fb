# spec: unet
# function: conv2d_backward
# output: dx
# mistake: first filter only
# output: dx
# mistake: wrong sign
import numpy as np


def conv2d_forward(x, weight, bias):
    x = np.array(x, dtype=float)
    weight = np.array(weight, dtype=float)
    N, C, H, W = x.shape
    F, _, kh, kw = weight.shape
    out = np.zeros((N, F, H - kh + 1, W - kw + 1))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            field = x[:, :, i:i+kh, j:j+kw].reshape(N, -1)
            out[:, :, i, j] = field.dot(weight.reshape(F, -1).T) + bias
    return out, [x, weight]


def conv2d_backward(dout, cache):
    x, weight = cache
    N, C, H, W = x.shape
    F, _, kh, kw = weight.shape
    dx = np.zeros((N, C, H, W))
    dweight = np.zeros((F, C, kh, kw))
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            d = dout[:, :, i, j].astype(float)
            dx[:, :, i:i+kh, j:j+kw] -= np.outer(d[:, 0], weight[0]).reshape(N, C, kh, kw)
            dweight += d.T.dot(x[:, :, i:i+kh, j:j+kw].reshape(N, -1)).reshape(F, C, kh, kw)
    dbias = np.zeros(F)
    for f in range(F):
        dbias[f] = dout[:, f, :, :].sum(dtype=float)
    return dx, dweight, dbias

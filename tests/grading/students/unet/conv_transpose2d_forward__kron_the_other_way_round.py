# spec: unet
# function: conv_transpose2d_forward
# output: out
# mistake: np.kron with its arguments swapped: the image tiled instead of the kernel
import numpy as np


def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]
    out = np.zeros((N, F, 2 * H, 2 * W))
    for n in range(N):
        for f in range(F):
            out[n, f] = bias[f] + sum(np.kron(weight[c, f], x[n, c]) for c in range(C))
    return out, (x, weight)


def conv_transpose2d_backward(dout, cache):
    x, weight = cache
    dx, dw = np.zeros(x.shape), np.zeros(weight.shape)
    for n, c, h, w in np.ndindex(x.shape):
        d = dout[n, :, 2 * h:2 * h + 2, 2 * w:2 * w + 2]
        dx[n, c, h, w] = (d * weight[c]).sum()
        dw[c] += d * x[n, c, h, w]
    return dx, dw, dout.sum(axis=(0, 2, 3))

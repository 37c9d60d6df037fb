# spec: unet
# function: conv_transpose2d_backward
# output: dx
# mistake: blocks mixed up by reshape
import numpy as np


def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]

    def forward():
        out = np.zeros((N, F, H, 2, W, 2), x.dtype)
        for i in range(2):
            for j in range(2):
                out[:, :, :, i, :, j] = np.einsum("nchw,cf->nfhw", x, weight[:, :, i, j])
        return out.reshape(N, F, 2 * H, 2 * W) + bias.reshape(F, 1, 1)

    def back(dout):
        d = dout.reshape(N, F, H, 2, W, 2)
        blocks = dout.reshape(N, F, H, W, 2, 2)
        dx = np.zeros_like(x)
        for i in range(2):
            for j in range(2):
                dx += np.einsum("nfhw,cf->nchw", blocks[..., i, j], weight[:, :, i, j])
        dweight = np.einsum("nfhiwj,nchw->cfij", d, x)
        return dx, dweight, d.sum(axis=(0, 2, 3, 4, 5))

    return forward(), back


def conv_transpose2d_backward(dout, cache):
    return cache(dout)

# spec: unet
# function: conv2d_backward
# output: dx
# mistake: every image gets the gradient of all images
# mistake: mean over the filters instead of the sum
import numpy as np


def conv2d_forward(x, weight, bias):
    kh, kw = weight.shape[2:]
    ho, wo = x.shape[2] - kh + 1, x.shape[3] - kw + 1
    out = np.zeros((x.shape[0], weight.shape[0], ho, wo), x.dtype)
    for i in range(kh):
        for j in range(kw):
            piece = x[:, :, i:i + ho, j:j + wo]
            out += np.einsum('nchw,fc->nfhw', piece, weight[:, :, i, j])
    out += bias.reshape(1, -1, 1, 1)
    return out, (x, weight)


def conv2d_backward(dout, cache):
    x, weight = cache
    kh, kw = weight.shape[2:]
    ho, wo = dout.shape[2:]
    dx = np.zeros_like(x)
    dweight = np.zeros_like(weight)
    for i in range(kh):
        for j in range(kw):
            dx[:, :, i:i + ho, j:j + wo] += np.einsum('nfhw,fc->nchw', dout, weight[:, :, i, j]) / weight.shape[0]
            dweight[:, :, i, j] += np.einsum('nfhw,nchw->fc', dout, x[:, :, i:i + ho, j:j + wo])
    dx[:] = dx.sum(axis=0)
    dbias = dout.sum(axis=(0, 2, 3))
    return dx, dweight, dbias

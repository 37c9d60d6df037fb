# spec: unet
# function: conv2d_backward
# output: dx
# mistake: kernel's rows and columns exchanged
import numpy as np
from numpy.fft import irfft2, rfft2


def _f(a, size):
    return rfft2(a.astype(np.float64), s=size, axes=(-2, -1))


def conv2d_forward(x, weight, bias):
    H, W = x.shape[2:]
    kh, kw = weight.shape[2:]
    size = (H + kh - 1, W + kw - 1)
    # correlation = convolution with the kernel turned round
    X = _f(x, size)
    K = _f(weight[:, :, ::-1, ::-1], size)
    Y = (X[:, None] * K[None]).sum(axis=2)
    full = irfft2(Y, s=size, axes=(-2, -1))
    out = full[:, :, kh - 1:H, kw - 1:W] + bias[None, :, None, None]
    return out.astype(x.dtype), [x, weight]


def conv2d_backward(dout, cache):
    x, weight = cache
    H, W = x.shape[2:]
    kh, kw = weight.shape[2:]
    oh, ow = dout.shape[2:]
    # dx: full convolution of dout with the kernel as it is
    size = (H, W)
    D = _f(dout, size)
    K = _f(weight.swapaxes(2, 3), size)
    dx = irfft2(np.einsum("nfhw,fchw->nchw", D, K), s=size, axes=(-2, -1))
    # dweight: correlation of x with dout
    size = (H + oh - 1, W + ow - 1)
    X = _f(x, size)
    D = _f(dout[:, :, ::-1, ::-1], size)
    dw = irfft2(np.einsum("nchw,nfhw->fchw", X, D), s=size, axes=(-2, -1))
    dw = dw[:, :, oh - 1:oh - 1 + kh, ow - 1:ow - 1 + kw]
    db = dout.sum(axis=3).sum(axis=2).sum(axis=0)
    return dx.astype(x.dtype), dw.astype(x.dtype), db

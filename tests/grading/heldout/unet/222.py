# spec: unet
# function: conv_transpose2d_backward
# output: dx
# mistake: kernel's rows and columns exchanged
# output: dweight
# mistake: zero
import numpy as np
from numpy.fft import irfft2, rfft2


def _f(a, size):
    return rfft2(a.astype(np.float64), s=size, axes=(-2, -1))


def conv_transpose2d_forward(x, weight, bias):
    # zero-stuffed input, then a convolution by FFT
    n, c, h, w = x.shape
    stuffed = np.zeros((n, c, 2 * h, 2 * w))
    stuffed[:, :, ::2, ::2] = x
    size = (2 * h + 1, 2 * w + 1)
    spectrum = np.einsum("nchw,cfhw->nfhw", _f(stuffed, size), _f(weight, size))
    out = irfft2(spectrum, s=size, axes=(-2, -1))[:, :, :2 * h, :2 * w]
    out = out + bias.reshape(1, -1, 1, 1)
    return out.astype(x.dtype), [x, weight]


def conv_transpose2d_backward(dout, cache):
    x, weight = cache
    dx = np.zeros(x.shape)
    dw = np.zeros(weight.shape)
    for i in (0, 1):
        for j in (0, 1):
            tap = dout[:, :, i::2, j::2].astype(np.float64)
            dx += np.einsum("nfhw,cf->nchw", tap, weight[:, :, j, i])
            dtap = np.zeros_like(dw[:, :, i, j])
            dtap += np.einsum("nfhw,nchw->cf", tap, x)
    return dx.astype(x.dtype), dw.astype(x.dtype), np.einsum("nfhw->f", dout)

# spec: unet
# function: conv2d_forward
# output: out
# mistake: product of the spectra as it is: a true convolution
import numpy as np


def conv2d_forward(x, weight, bias):
    H, W = x.shape[2:]
    kh, kw = weight.shape[2:]
    fx = np.fft.fft2(x)
    fk = np.fft.fft2(weight, s=(H, W))
    full = np.fft.ifft2(np.einsum("nchw,fchw->nfhw", fx, fk)).real
    return full[:, :, kh - 1:, kw - 1:] + bias.reshape(1, -1, 1, 1), (x, weight)


def conv2d_backward(dout, cache):
    x, weight = cache
    kh, kw = weight.shape[2:]
    ho, wo = dout.shape[2:]
    dx, dw = np.zeros(x.shape), np.zeros(weight.shape)
    for i in range(kh):
        for j in range(kw):
            dx[:, :, i:i + ho, j:j + wo] += np.tensordot(dout, weight[:, :, i, j], (1, 0)).transpose(0, 3, 1, 2)
            dw[:, :, i, j] = np.tensordot(dout, x[:, :, i:i + ho, j:j + wo], ((0, 2, 3), (0, 2, 3)))
    return dx, dw, dout.sum((0, 2, 3))

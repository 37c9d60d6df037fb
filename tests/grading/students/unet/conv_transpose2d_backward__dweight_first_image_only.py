# spec: unet
# function: conv_transpose2d_backward
# output: dweight
# mistake: first image only
import numpy as np


def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]
    out = np.zeros((N, F, 2 * H, 2 * W), x.dtype)
    for a in range(2):
        for b in range(2):
            out[:, :, a::2, b::2] = np.einsum("nchw,cf->nfhw", x, weight[:, :, a, b]) + bias[None, :, None, None]
    return out, {"x": x, "w": weight}


def conv_transpose2d_backward(dout, cache):
    x, w = cache["x"], cache["w"]
    dx = np.zeros_like(x)
    dw = np.zeros_like(w)
    db = np.zeros(w.shape[1], dtype=dout.dtype)
    for a in range(2):
        for b in range(2):
            part = dout[:, :, a::2, b::2]
            dx += np.einsum("nfhw,cf->nchw", part, w[:, :, a, b])
            dw[:, :, a, b] = np.einsum("nfhw,nchw->cf", part[:1], x[:1])
            db += part.sum(axis=(0, 2, 3))
    return dx, dw, db

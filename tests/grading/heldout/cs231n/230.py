# spec: cs231n
# function: conv_backward_naive
# output: db
# mistake: summed over channels, rows, columns
# output: dx
# mistake: all images' gradient for each
import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    xp = np.pad(x, ((0,), (0,), (pad,), (pad,)), "constant")
    F, C, HH, WW = w.shape
    full = np.zeros((x.shape[0], F, xp.shape[2] - HH + 1, xp.shape[3] - WW + 1))
    for a in range(HH):
        for c in range(WW):
            full += np.tensordot(xp[:, :, a:a + full.shape[2], c:c + full.shape[3]], w[:, :, a, c], ((1,), (1,))).transpose(0, 3, 1, 2)
    out = full[:, :, ::stride, ::stride] + b.reshape(1, F, 1, 1)
    return out, (xp, w, stride, pad, full.shape)


def conv_backward_naive(dout, cache):
    xp, w, stride, pad, shape = cache
    # gradient of the subsampling: zeros between
    dfull = np.zeros(shape)
    dfull[:, :, ::stride, ::stride] = dout
    dxp = np.zeros(xp.shape)
    dw = np.zeros_like(w)
    for a in range(w.shape[2]):
        for c in range(w.shape[3]):
            dxp[:, :, a:a + shape[2], c:c + shape[3]] += np.tensordot(dfull.sum(axis=0), w[:, :, a, c], ((0,), (0,))).transpose(2, 0, 1)
            dw[:, :, a, c] = np.tensordot(dfull, xp[:, :, a:a + shape[2], c:c + shape[3]], ((0, 2, 3), (0, 2, 3)))
    rows, cols = xp.shape[2] - pad, xp.shape[3] - pad
    return dxp[:, :, pad:rows, pad:cols], dw, np.sum(dout, axis=(1, 2, 3))

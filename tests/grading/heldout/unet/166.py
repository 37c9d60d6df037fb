# spec: unet
# function: conv2d_forward
# output: out
# mistake: bias subtracted
# output: out
# mistake: first bias for all filters
import logging
import sys
import numpy as np

log = logging.getLogger("layers")


def conv2d_forward(x, weight, bias):
    print("conv2d_forward", x.shape, weight.shape, file=sys.stderr)
    F, C, kh, kw = weight.shape
    ho, wo = x.shape[2] - kh + 1, x.shape[3] - kw + 1
    planes = []
    for f in range(F):
        plane = np.full((x.shape[0], ho, wo), -bias[0], dtype=x.dtype)
        for c in range(C):
            for i in range(kh):
                for j in range(kw):
                    plane = plane + x[:, c, i:ho + i, j:wo + j] * weight[f, c, i, j]
        planes.append(plane)
    return np.stack(planes, axis=1), {"x": x, "w": weight}


def conv2d_backward(dout, cache):
    log.info("conv2d_backward %s", dout.shape)
    x, w = cache["x"], cache["w"]
    kh, kw = w.shape[2:]
    # full correlation of the padded dout with the kernel upside down
    p = np.pad(dout, ((0, 0), (0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1)))
    back, _ = conv2d_forward(p, w.transpose(1, 0, 2, 3)[:, :, ::-1, ::-1], np.zeros(w.shape[1], w.dtype))
    # dweight is a convolution too: images and channels change places
    dw, _ = conv2d_forward(x.swapaxes(0, 1), dout.swapaxes(0, 1), np.zeros(w.shape[0], w.dtype))
    return back, dw.swapaxes(0, 1), dout.sum(axis=(0, 2, 3))

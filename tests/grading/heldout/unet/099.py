# spec: unet
# function: crop_concat_backward
# output: dx
# mistake: both halves added
from collections import namedtuple
import numpy as np


CropCache = namedtuple("CropCache", ["skip_shape", "x_shape"])


def crop_concat_forward(skip, x):
    dy = skip.shape[2] - x.shape[2]
    dx = skip.shape[3] - x.shape[3]
    if dy % 2 or dx % 2 or dy < 0 or dx < 0:
        raise ValueError("no centre")
    part = skip
    if dy:
        part = part[:, :, dy // 2:-(dy // 2)]
    if dx:
        part = part[:, :, :, dx // 2:-(dx // 2)]
    return np.concatenate((part, x), axis=1), CropCache(skip.shape, x.shape)


def crop_concat_backward(dout, cache):
    dskip = np.zeros(cache.skip_shape, dtype=dout.dtype)
    h, w = cache.x_shape[2:]
    y = (cache.skip_shape[2] - h) // 2
    x = (cache.skip_shape[3] - w) // 2
    dskip[:, :, y:y + h, x:x + w] = dout[:, :cache.skip_shape[1], :, :]
    C = cache.x_shape[1]
    return dskip, dout[:, :C] + dout[:, -C:]

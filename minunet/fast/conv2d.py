"""The convolution, by whichever way is the fastest.

- 3x3 kernels in float32 over 24 channels and more, in and out, on images of 25 tiles and more (20x20 output pixels):
  Winograd's filtering (`winograd`). Not in TF32 on a GPU: its transforms would cost three times the accuracy (of a
  gradient at base 64: 24 % off, not 9 %), and there multiplications are cheap.
- Other 3x3 kernels in float32: one matrix product (`im2col`). With few channels Winograd's transforms of the image
  would cost more than the multiplications that they save, with few tiles those of the kernels.
- All else, the 1x1 head and every check in float64 or complex numbers: the readable way (`minunet.layers`).
"""

import numpy as np

from ..device import array_module, device_of, tf32
from ..layers import conv2d as readable
from ..layers import relu_forward
from ..layers._checks import expect_shape
from . import im2col, winograd

WINOGRAD_CHANNELS, WINOGRAD_TILES = 24, 25
BLOCK = 1 << 20  # values that are masked at a time


def conv2d_forward(work, x, weight, bias):
    """As `minunet.layers.conv2d_forward`, with the same cache."""
    readable.check_arguments(x, weight, bias)
    way = _way(x, weight)
    if way is readable:
        return readable.conv2d_forward(x, weight, bias)
    weight = weight.astype(x.dtype, copy=False)
    return way.forward(x, weight, bias.astype(x.dtype, copy=False), False, work), (x, weight)


def conv2d_backward(work, dout, cache):
    """As `minunet.layers.conv2d_backward`."""
    x, weight = cache
    F, _, kh, kw = weight.shape
    expect_shape("dout", dout, x.shape[0], F, x.shape[2] - kh + 1, x.shape[3] - kw + 1)
    way = _way(x, weight)
    if way is readable or x.dtype != dout.dtype:
        return readable.conv2d_backward(dout, cache)
    dx, dweight = way.backward(dout, x, weight.astype(dout.dtype, copy=False), work)
    return dx, dweight, dout.sum(axis=(0, 2, 3))


def conv2d_relu_forward(work, x, weight, bias):
    """`conv2d_forward` and the ReLU after it as one step, for a tape that need not show what lies between.

    Parameters
    ----------
    x, weight, bias : as for `conv2d_forward`

    Returns
    -------
    out : array (N, F, H-kh+1, W-kw+1)
    cache : (x, weight, positive)
        positive is a flat uint8 array: one bit for each value of out, whether it is above 0. So `out` itself,
        which nobody else may need any more, does not outlive its last use.

    Raises
    ------
    ValueError
        As `conv2d_forward`.
    """
    readable.check_arguments(x, weight, bias)
    xp = array_module(x)
    way = _way(x, weight)
    if way is readable:
        out = relu_forward(readable.conv2d_forward(x, weight, bias)[0])[0]
    else:
        out = way.forward(x, weight.astype(x.dtype, copy=False), bias.astype(x.dtype, copy=False), True, work)
    flat = out.reshape(-1)
    positive = work.empty((-(-out.size // 8),), out, xp.uint8)

    def pack(start, stop):
        for part in _parts(start, stop):
            positive[part] = xp.packbits(flat[_eightfold(part)].real > 0)

    work.share(pack, len(positive), out.size, out)
    return out, (x, weight, positive)


def conv2d_relu_backward(work, dout, cache):
    """Gradients of `conv2d_relu_forward`, as of `conv2d_backward`; `dout` may be masked in place."""
    x, weight, positive = cache
    xp = array_module(dout)
    F, _, kh, kw = weight.shape
    expect_shape("dout", dout, x.shape[0], F, x.shape[2] - kh + 1, x.shape[3] - kw + 1)
    flat = dout.reshape(-1)

    def mask(start, stop):
        for part in _parts(start, stop):
            values = flat[_eightfold(part)]
            xp.multiply(values, xp.unpackbits(positive[part])[: len(values)], out=values)

    work.share(mask, len(positive), dout.size, dout)
    return conv2d_backward(work, flat.reshape(dout.shape), (x, weight))


def _parts(start, stop):
    """Parts of range(start, stop), in bytes of eight bits, of BLOCK values."""
    for first in range(start, stop, BLOCK // 8):
        yield slice(first, min(first + BLOCK // 8, stop))


def _eightfold(part):
    """The values whose bits are in these bytes; the last byte may have bits to spare."""
    return slice(8 * part.start, 8 * part.stop)


def _way(x, weight):
    if x.dtype != np.float32 or weight.shape[2:] != (3, 3):
        return readable
    if device_of(x) == "cuda" and tf32():
        return im2col
    tiles = -(-(x.shape[2] - 2) // winograd.TILE) * -(-(x.shape[3] - 2) // winograd.TILE)
    enough = min(weight.shape[:2]) >= WINOGRAD_CHANNELS and tiles >= WINOGRAD_TILES
    return winograd if enough else im2col

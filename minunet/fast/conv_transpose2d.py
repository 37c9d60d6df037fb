"""The up-convolution: all four taps in one matrix product, then laid between each other."""

from ..device import array_module
from ..layers import conv_transpose2d as readable
from ..layers._checks import expect_shape


def conv_transpose2d_forward(work, x, weight, bias):
    """As `minunet.layers.conv_transpose2d_forward`, with the same cache."""
    readable.check_arguments(x, weight, bias)
    xp = array_module(x)
    N, C, H, W = x.shape
    F = weight.shape[1]
    kernel = xp.ascontiguousarray(weight.astype(x.dtype, copy=False).transpose(2, 3, 1, 0)).reshape(4 * F, C)
    shift = bias.astype(x.dtype, copy=False)[:, None, None]
    out = work.empty((N, F, 2 * H, 2 * W), x)

    def paint(start, stop):
        for n in range(N):
            taps = work.empty((2, 2, F, stop - start, W), x)
            xp.matmul(kernel, x[n, :, start:stop].reshape(C, -1), out=taps.reshape(4 * F, -1))
            for i, j in readable.TAPS:
                xp.add(taps[i, j], shift, out=out[n, :, 2 * start + i : 2 * stop : 2, j::2])

    work.share(paint, H, out.size, x, multiplications=C * out.size)
    return out, (x, weight)


def conv_transpose2d_backward(work, dout, cache):
    """As `minunet.layers.conv_transpose2d_backward`."""
    x, weight = cache
    N, C, H, W = x.shape
    F = weight.shape[1]
    expect_shape("dout", dout, N, F, 2 * H, 2 * W)
    xp = array_module(dout)
    kernel = xp.ascontiguousarray(weight.astype(dout.dtype, copy=False).transpose(0, 2, 3, 1)).reshape(C, 4 * F)
    flat = x.astype(dout.dtype, copy=False).reshape(N, C, H * W)
    taps = work.empty((N, 2, 2, F, H, W), dout)
    dx = work.empty(x.shape, dout)
    dkernel = xp.zeros((C, 4 * F), dout.dtype)

    def gather(start, stop):
        for i, j in readable.TAPS:
            taps[:, i, j, start:stop] = dout[:, start:stop, i::2, j::2]

    def multiply(start, stop):
        for n in range(N):
            seen = taps[n].reshape(4 * F, H * W)
            xp.matmul(kernel[start:stop], seen, out=dx[n, start:stop].reshape(-1, H * W))
            dkernel[start:stop] += flat[n, start:stop] @ seen.T

    work.share(gather, F, dout.size, dout)
    work.share(multiply, C, dx.size, dout, multiplications=2 * C * dout.size)
    dweight = xp.ascontiguousarray(dkernel.reshape(C, 2, 2, F).transpose(0, 3, 1, 2))
    return dx, dweight, dout.sum(axis=(0, 2, 3))

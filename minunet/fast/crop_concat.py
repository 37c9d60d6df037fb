"""Crop and concatenate: copies alone, shared by the threads."""

from ..layers._checks import expect_shape
from ..layers.crop_concat import centre


def crop_concat_forward(work, skip, x):
    """As `minunet.layers.crop_concat_forward`, with the same cache."""
    expect_shape("skip", skip, "N", "Cs", "Hs", "Ws")
    expect_shape("x", x, skip.shape[0], "C", "H", "W")
    rows, columns = centre(skip.shape, x.shape)
    N, C, H, W = x.shape
    Cs = skip.shape[1]
    out = work.empty((N, Cs + C, H, W), skip)

    def copy(start, stop):
        out[:, start : min(stop, Cs)] = skip[:, start : min(stop, Cs), rows, columns]
        out[:, max(start, Cs) : stop] = x[:, max(start - Cs, 0) : max(stop - Cs, 0)]

    work.share(copy, Cs + C, out.size, out)
    return out, (skip.shape, x.shape)


def crop_concat_backward(work, dout, cache):
    """As `minunet.layers.crop_concat_backward`."""
    skip_shape, x_shape = cache
    N, Cs = skip_shape[:2]
    expect_shape("dout", dout, N, Cs + x_shape[1], *x_shape[2:])
    rows, columns = centre(skip_shape, x_shape)
    dskip = work.empty(skip_shape, dout)
    dx = work.empty(x_shape, dout)
    dx[...] = dout[:, Cs:]

    def uncrop(start, stop):
        dskip[:, start:stop] = 0
        dskip[:, start:stop, rows, columns] = dout[:, start:stop]

    work.share(uncrop, Cs, dskip.size, dout)
    return dskip, dx

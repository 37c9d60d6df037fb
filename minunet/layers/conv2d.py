"""The 3x3 and 1x1 convolutions of the U (Ronneberger et al. 2015, section 2): valid, stride 1.

    out[n,f,h,w] = bias[f] + sum over c,i,j of weight[f,c,i,j] x[n,c,h+i,w+j]

"Valid" means that the kernel never leaves the image: a 3x3 kernel costs one pixel on each side. As in
every deep-learning library this is a correlation: the kernel is not flipped.

How it is computed. Lay the rows of the image end to end, as they already lie in memory. Then the pixel
(h+i, w+j) lies at h*W + w + (i*W + j): seen from any output pixel, kernel offset (i, j) is one constant
*shift* of the flat image, and the whole sum over c for all pixels at once is one matrix product

    out[n] += weight[:,:,i,j] @ flat[n][:, shift : shift + length]          (F,C) @ (C,length)

with no copy of the image. The price: outputs are computed at the full width W, and the last kw-1 of each
row, whose kernel wraps round into the next row, are thrown away. Both backward sums are the same products
transposed, with zeros in those columns.
"""

from ..device import array_module
from ._checks import expect_floating, expect_shape


def conv2d_forward(x, weight, bias):
    """Valid convolution, stride 1, of any kernel size.

    Parameters
    ----------
    x : array (N, C, H, W)
    weight : array (F, C, kh, kw)
    bias : array (F,)

    Returns
    -------
    out : array (N, F, H-kh+1, W-kw+1), of x's dtype
    cache : (x, weight)
        dweight needs x and dx needs weight. Nothing is copied.

    Raises
    ------
    ValueError
        Where a shape does not fit, x is smaller than the kernel, or x is not floating point.
    """
    check_arguments(x, weight, bias)
    F, _, kh, kw = weight.shape
    N, C, H, W = x.shape
    xp = array_module(x)
    kernel = weight.astype(x.dtype, copy=False)
    flat = x.reshape(N, C, H * W)

    wide = xp.zeros((N, F, (H - kh + 1) * W), x.dtype)
    length = _flat_length(x, weight)
    for i in range(kh):
        for j in range(kw):
            shift = i * W + j
            wide[:, :, :length] += kernel[:, :, i, j] @ flat[:, :, shift : shift + length]
    out = wide.reshape(N, F, H - kh + 1, W)[:, :, :, : W - kw + 1] + bias.astype(x.dtype, copy=False)[:, None, None]
    return out, (x, weight)


def conv2d_backward(dout, cache):
    """Gradients of `conv2d_forward`.

    Each x[n,c,p,q] meets weight[f,c,i,j] in the one output (p-i, q-j), so with dout zero outside its image

        dx[n,c,p,q]     = sum over f,i,j of weight[f,c,i,j] dout[n,f,p-i,q-j]
        dweight[f,c,i,j] = sum over n,h,w of dout[n,f,h,w] x[n,c,h+i,w+j]
        dbias[f]         = sum over n,h,w of dout[n,f,h,w]

    Parameters
    ----------
    dout : array (N, F, H-kh+1, W-kw+1)
    cache : as `conv2d_forward` returned it

    Returns
    -------
    dx : array (N, C, H, W)
    dweight : array (F, C, kh, kw)
    dbias : array (F,)
    """
    x, weight = cache
    N, C, H, W = x.shape
    F, _, kh, kw = weight.shape
    expect_shape("dout", dout, N, F, H - kh + 1, W - kw + 1)
    xp = array_module(dout)
    kernel = weight.astype(dout.dtype, copy=False)
    flat = x.astype(dout.dtype, copy=False).reshape(N, C, H * W)

    wide = xp.zeros((N, F, H - kh + 1, W), dout.dtype)  # the thrown-away columns get no gradient
    wide[:, :, :, : W - kw + 1] = dout
    length = _flat_length(x, weight)
    wide = wide.reshape(N, F, (H - kh + 1) * W)[:, :, :length]

    dflat = xp.zeros((N, C, H * W), dout.dtype)
    dweight = xp.empty((F, C, kh, kw), dout.dtype)
    for i in range(kh):
        for j in range(kw):
            shift = i * W + j
            seen = flat[:, :, shift : shift + length]  # by this kernel offset, from every output
            dflat[:, :, shift : shift + length] += kernel[:, :, i, j].T @ wide
            dweight[:, :, i, j] = (wide @ seen.swapaxes(1, 2)).sum(axis=0)
    return dflat.reshape(x.shape), dweight, dout.sum(axis=(0, 2, 3))


def check_arguments(x, weight, bias):
    """Raise the `ValueError` of `conv2d_forward` where they do not fit."""
    expect_floating("x", x)
    expect_shape("x", x, "N", "C", "H", "W")
    expect_shape("weight", weight, "F", x.shape[1], "kh", "kw")
    expect_shape("bias", bias, weight.shape[0])
    H, W = x.shape[2:]
    kh, kw = weight.shape[2:]
    if H < kh or W < kw:
        raise ValueError(f"x has shape {x.shape}, expected at least the kernel's {kh}x{kw} in height and width")


def _flat_length(x, weight):
    """How many outputs, at full width, until the last kernel offset reaches the last pixel of the flat image."""
    H, W = x.shape[2:]
    kh, kw = weight.shape[2:]
    return (H - kh + 1) * W - (kw - 1)

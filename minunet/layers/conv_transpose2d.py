"""The 2x2 up-convolution with stride 2 of the expansive path (Ronneberger et al. 2015, section 2).

    out[n,f,2h+i,2w+j] = bias[f] + sum over c of x[n,c,h,w] weight[c,f,i,j]        i,j in {0,1}

It is the adjoint ("transpose") of a 2x2 convolution with stride 2. Kernel and stride are equal, so the
2x2 blocks that two input pixels paint never overlap: each output pixel sees exactly one input pixel.
"""

from ..device import array_module
from ._checks import expect_floating, expect_shape

TAPS = ((0, 0), (0, 1), (1, 0), (1, 1))


def conv_transpose2d_forward(x, weight, bias):
    """Up-convolution that doubles height and width.

    Parameters
    ----------
    x : array (N, C, H, W)
    weight : array (C, F, 2, 2)
        Input channels first, the other way round from `conv2d_forward`: the layer is that one's adjoint.
    bias : array (F,)

    Returns
    -------
    out : array (N, F, 2H, 2W), of x's dtype
    cache : (x, weight)
        dweight needs x and dx needs weight. Nothing is copied.

    Raises
    ------
    ValueError
        Where a shape does not fit, or x is not floating point.
    """
    check_arguments(x, weight, bias)
    xp = array_module(x)
    N, C, H, W = x.shape
    F = weight.shape[1]
    kernel = weight.astype(x.dtype, copy=False)
    flat = x.reshape(N, C, H * W)
    out = xp.empty((N, F, 2 * H, 2 * W), x.dtype)
    for i, j in TAPS:
        out[:, :, i::2, j::2] = (kernel[:, :, i, j].T @ flat).reshape(N, F, H, W)
    out += bias.astype(x.dtype, copy=False)[:, None, None]
    return out, (x, weight)


def conv_transpose2d_backward(dout, cache):
    """Gradients of `conv_transpose2d_forward`.

    x[n,c,h,w] paints the four outputs (2h+i, 2w+j) in each channel f, so

        dx[n,c,h,w]      = sum over f,i,j of weight[c,f,i,j] dout[n,f,2h+i,2w+j]
        dweight[c,f,i,j] = sum over n,h,w of x[n,c,h,w] dout[n,f,2h+i,2w+j]
        dbias[f]         = sum over n and all pixels of dout[n,f]

    Parameters
    ----------
    dout : array (N, F, 2H, 2W)
    cache : as `conv_transpose2d_forward` returned it

    Returns
    -------
    dx : array (N, C, H, W)
    dweight : array (C, F, 2, 2)
    dbias : array (F,)
    """
    x, weight = cache
    N, C, H, W = x.shape
    F = weight.shape[1]
    expect_shape("dout", dout, N, F, 2 * H, 2 * W)
    xp = array_module(dout)
    kernel = weight.astype(dout.dtype, copy=False)
    flat = x.astype(dout.dtype, copy=False).reshape(N, C, H * W)
    dx = xp.zeros((N, C, H * W), dout.dtype)
    dweight = xp.empty((C, F, 2, 2), dout.dtype)
    for i, j in TAPS:
        dtap = dout[:, :, i::2, j::2].reshape(N, F, H * W)
        dx += kernel[:, :, i, j] @ dtap
        dweight[:, :, i, j] = (flat @ dtap.swapaxes(1, 2)).sum(axis=0)
    return dx.reshape(x.shape), dweight, dout.sum(axis=(0, 2, 3))


def check_arguments(x, weight, bias):
    """Raise the `ValueError` of `conv_transpose2d_forward` where they do not fit."""
    expect_floating("x", x)
    expect_shape("x", x, "N", "C", "H", "W")
    expect_shape("weight", weight, x.shape[1], "F", 2, 2)
    expect_shape("bias", bias, weight.shape[1])

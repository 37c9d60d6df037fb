"""The 2x2 max-pooling with stride 2 of the contracting path (Ronneberger et al. 2015, section 2).

out[n,c,h,w] = max over i,j in {0,1} of x[n,c,2h+i,2w+j]
"""

from ..device import array_module
from ._checks import expect_shape

CORNERS = ((0, 0), (0, 1), (1, 0), (1, 1))  # of a window, in row order


def max_pool2d_forward(x):
    """Maximum of each 2x2 window; among equals the first in row order wins.

    Parameters
    ----------
    x : array (N, C, H, W), H and W even
        For complex x the real parts are compared.

    Returns
    -------
    out : array (N, C, H/2, W/2), of x's dtype
    cache : uint8 array (N, C, H/2, W/2)
        The winner's place in its window, 0..3 in row order: backward needs to know nothing else.

    Raises
    ------
    ValueError
        For an odd height or width: the last row would belong to no window.
    """
    expect_shape("x", x, "N", "C", "H", "W")
    if x.shape[2] % 2 or x.shape[3] % 2:
        raise ValueError(f"x has shape {x.shape}, expected an even height and width to pool by 2")
    xp = array_module(x)
    corners = [x[:, :, i::2, j::2] for i, j in CORNERS]
    first, second, third, fourth = (corner.real for corner in corners)
    highest = xp.maximum(xp.maximum(first, second), xp.maximum(third, fourth))

    # The winner's place is the number of corners, in row order, that lost before it.
    lost = first < highest
    winner = lost.astype(xp.uint8)
    for corner in (second, third):
        lost &= corner < highest
        winner += lost
    out = xp.choose(winner, xp.stack(corners)) if x.dtype.kind == "c" else highest
    return out, winner


def max_pool2d_backward(dout, cache):
    """Gradient of `max_pool2d_forward`: each dout goes whole to the pixel that won its window.

        dx[n,c,2h+i,2w+j] = dout[n,c,h,w] if (i,j) won window (h,w), else 0

    Windows do not overlap, so each pixel of dx is written exactly once.

    Parameters
    ----------
    dout : array (N, C, H/2, W/2)
    cache : as `max_pool2d_forward` returned it

    Returns
    -------
    dx : array (N, C, H, W)
    """
    expect_shape("dout", dout, *cache.shape)
    xp = array_module(dout)
    N, C, h, w = dout.shape
    dx = xp.empty((N, C, 2 * h, 2 * w), dout.dtype)
    for place, (i, j) in enumerate(CORNERS):
        dx[:, :, i::2, j::2] = dout * (cache == place)
    return dx

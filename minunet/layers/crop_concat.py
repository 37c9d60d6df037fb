"""The skip connection: crop and concatenate (Ronneberger et al. 2015, section 2 and figure 1).

    out = [skip[:, :, top:top+H, left:left+W], x]   on the channel axis,   top = (Hs-H)/2, left = (Ws-W)/2

The crop is needed because each valid convolution lost a border. Figure 1 draws the copied (white) half
first and the up-sampled half second, and so do we; the authors' release has them the other way round.
"""

from ..device import array_module
from ._checks import expect_shape


def crop_concat_forward(skip, x):
    """Centre-crop `skip` to x's height and width and put its channels before x's.

    Parameters
    ----------
    skip : array (N, Cs, Hs, Ws)
    x : array (N, C, H, W), H <= Hs and W <= Ws, differing by even numbers

    Returns
    -------
    out : array (N, Cs+C, H, W), of skip's dtype
    cache : (shape of skip, shape of x)
        The gradient is a matter of places alone: no array is kept.

    Raises
    ------
    ValueError
        Where x is larger than skip, or the difference is odd and has no centre.
    """
    expect_shape("skip", skip, "N", "Cs", "Hs", "Ws")
    expect_shape("x", x, skip.shape[0], "C", "H", "W")
    rows, columns = centre(skip.shape, x.shape)
    xp = array_module(skip)
    return xp.concatenate([skip[:, :, rows, columns], x.astype(skip.dtype, copy=False)], axis=1), (
        skip.shape,
        x.shape,
    )


def crop_concat_backward(dout, cache):
    """Gradients of `crop_concat_forward`: the channels go back to where they came from.

        dskip[:, :, top:top+H, left:left+W] = dout[:, :Cs], and 0 in the border that was cropped away
        dx = dout[:, Cs:]

    Parameters
    ----------
    dout : array (N, Cs+C, H, W)
    cache : as `crop_concat_forward` returned it

    Returns
    -------
    dskip : array (N, Cs, Hs, Ws)
    dx : array (N, C, H, W)
    """
    skip_shape, x_shape = cache
    N, Cs = skip_shape[:2]
    expect_shape("dout", dout, N, Cs + x_shape[1], *x_shape[2:])
    rows, columns = centre(skip_shape, x_shape)
    xp = array_module(dout)
    dskip = xp.zeros(skip_shape, dout.dtype)
    dskip[:, :, rows, columns] = dout[:, :Cs]
    return dskip, dout[:, Cs:].copy()  # a copy: two gradients never share memory with a third


def centre(skip_shape, x_shape):
    """The slices of skip's rows and columns that x's height and width leave in the middle."""
    slices = []
    for name, large, small in zip(("height", "width"), skip_shape[2:], x_shape[2:], strict=True):
        if large < small or (large - small) % 2:
            raise ValueError(
                f"skip has {name} {large}, expected x's {small} or an even number more, so that the crop is centred"
            )
        start = (large - small) // 2
        slices.append(slice(start, start + small))
    return slices

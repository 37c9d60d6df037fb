"""Dropout at the end of the contracting path (Ronneberger et al. 2015, section 3.1).

    out = x * keep / (1 - rate),   keep = 1 with probability 1 - rate, else 0

"Inverted": the survivors are scaled up in training, so that the mean is right and prediction needs nothing.
"""

from ..device import device_of, to_device
from ._checks import expect_floating, expect_shape


def dropout_forward(x, rate, rng):
    """Zero each value with probability `rate` and scale the others by 1 / (1 - rate).

    Parameters
    ----------
    x : array, any shape
    rate : float, 0 <= rate < 1
    rng : numpy.random.Generator
        Draws ``rng.random(x.shape) >= rate`` on the host, so that a seed means the same on every device.

    Returns
    -------
    out : array like `x`
    cache : (keep, rate)
        keep is a bool array like `x`, True where the value was kept.

    Raises
    ------
    ValueError
        For a rate outside [0, 1), or x that is not floating point.
    """
    expect_floating("x", x)
    if not 0 <= rate < 1:
        raise ValueError(f"rate is {rate}, expected 0 <= rate < 1")
    keep = to_device(rng.random(x.shape) >= rate, device_of(x))
    return _apply(x, keep, rate), (keep, rate)


def dropout_backward(dout, cache):
    """Gradient of `dropout_forward`, which is linear once its mask is drawn: ``dx = dout * keep / (1 - rate)``.

    Parameters
    ----------
    dout : array like `x`
    cache : as `dropout_forward` returned it

    Returns
    -------
    dx : array like `x`
    """
    keep, rate = cache
    expect_shape("dout", dout, *keep.shape)
    return _apply(dout, keep, rate)


def _apply(values, keep, rate):
    return values * keep * float(1 / (1 - rate))  # float: a NumPy scalar would widen float32

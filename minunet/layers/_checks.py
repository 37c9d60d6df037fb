"""One clear line for an array that does not fit: its name, what was found, what was wanted."""


def expect_shape(name, array, *wanted):
    """Raise `ValueError` unless `array` has the shape `wanted`; a string there names a free dimension."""
    fits = array.ndim == len(wanted) and all(
        isinstance(want, str) or want == found for want, found in zip(wanted, array.shape, strict=True)
    )
    if not fits:
        expected = ", ".join(str(want) for want in wanted) + "," * (len(wanted) == 1)
        raise ValueError(f"{name} has shape {tuple(array.shape)}, expected ({expected})")


def expect_floating(name, array):
    """Raise `ValueError` for integers: they would silently cut off every weight and gradient."""
    if array.dtype.kind not in "fc":
        raise ValueError(f"{name} has dtype {array.dtype}, expected floating point: use {name}.astype('float32')")

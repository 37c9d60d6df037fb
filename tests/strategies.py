"""Shapes, values and memory layouts for the tests."""

import re

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

# The same examples on every machine and in every run; a slow machine is no failure.
examples = settings(derandomize=True, deadline=None, max_examples=20)

seeds = st.integers(0, 2**32 - 1)
checked_dtypes = st.sampled_from(["float64", "complex128"])


@st.composite
def different_sizes(draw, *ranges):
    """One size from each range, no two alike: a confused axis cannot hide behind an equal one."""
    sizes = []
    for choices in ranges:
        sizes.append(draw(st.sampled_from([size for size in choices if size not in sizes])))
    return sizes


def normal(rng, shape, dtype="float64"):
    """Gaussian values; for a complex dtype imaginary parts too."""
    values = rng.standard_normal(shape)
    if np.dtype(dtype).kind == "c":
        values = values + 1j * rng.standard_normal(shape)
    return values.astype(dtype)


def small_integers(rng, shape, dtype="float64"):
    """Values -2..2, so that ties and zeros are common; imaginary parts, which must not decide, all differ."""
    values = rng.integers(-2, 3, shape)
    if np.dtype(dtype).kind == "c":
        values = values + 1j * rng.standard_normal(shape)
    return values.astype(dtype)


def assert_equal_to_rounding(found, wanted):
    """Equal shapes and dtypes, and values as near as float64 sums in two different orders can be.

    A sum of 300 products of about 1 is out by about sqrt(300) * 2.2e-16 = 4e-15. Its terms may cancel, hence
    the absolute tolerance.
    """
    found, wanted = np.asarray(found), np.asarray(wanted)
    assert found.shape == wanted.shape
    assert found.dtype == wanted.dtype
    np.testing.assert_allclose(found, wanted, rtol=1e-14, atol=1e-14)


LAYOUTS = ("fortran", "reversed", "every second")


def laid_out(values, layout):
    """The same values in another memory layout."""
    if layout == "fortran":
        return np.asfortranarray(values)
    if layout == "reversed":
        back = (slice(None, None, -1),) * values.ndim
        return values[back].copy()[back]
    apart = np.zeros([2 * size for size in values.shape], values.dtype)[(slice(None, None, 2),) * values.ndim]
    apart[...] = values
    return apart


def read_only(*arrays):
    """The arrays, locked: whoever writes into one gets an error."""
    for array in arrays:
        array.flags.writeable = False
    return arrays


def assert_separate(outputs, inputs):
    """No output shares memory with an input, nor with another output."""
    for place, output in enumerate(outputs):
        for other in (*inputs, *outputs[:place]):
            assert not np.shares_memory(output, other)


def exactly(message):
    """For ``pytest.raises(..., match=...)``: this message, whole."""
    return f"^{re.escape(message)}$"

"""The rectified linear unit."""

import numpy as np
import pytest
from hypothesis import given
from strategies import (
    LAYOUTS,
    assert_separate,
    checked_dtypes,
    different_sizes,
    exactly,
    examples,
    laid_out,
    normal,
    read_only,
    seeds,
    small_integers,
)

import minunet.layers
from minunet import reference


def arguments(shape=(2, 3, 4, 5), dtype="float64", seed=0):
    """x with many zeros, and a random dout."""
    rng = np.random.default_rng(seed)
    return small_integers(rng, shape, dtype), normal(rng, shape, dtype)


@examples
@given(
    sizes=different_sizes(range(2, 5), range(1, 5), range(1, 7), range(1, 8)),
    dtype=checked_dtypes,
    seed=seeds,
)
def test_forward_and_gradient_equal_the_specification(sizes, dtype, seed):
    x, dout = arguments(sizes, dtype, seed)
    out, cache = minunet.layers.relu_forward(x)
    wanted, wanted_cache = reference.relu_forward(x)
    np.testing.assert_array_equal(out, wanted, strict=True)
    np.testing.assert_array_equal(
        minunet.layers.relu_backward(dout, cache), reference.relu_backward(dout, wanted_cache), strict=True
    )


def test_by_hand_the_derivative_at_zero_is_zero(layers):
    out, cache = layers.relu_forward(np.array([-2.0, -0.0, 0.0, 3.0]))
    np.testing.assert_array_equal(out, [0, 0, 0, 3])
    np.testing.assert_array_equal(layers.relu_backward(np.array([5.0, 6, 7, 8]), cache), [0, 0, 0, 8])


def test_of_a_complex_number_the_real_part_decides(layers):
    out, cache = layers.relu_forward(np.array([-2 + 9j, 0 + 9j, 3 - 9j]))
    np.testing.assert_array_equal(out, [0, 0, 3 - 9j])
    np.testing.assert_array_equal(layers.relu_backward(np.array([5j, 6j, 7j]), cache), [0, 0, 7j])


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (0, 3, 4, 5)])
def test_any_shape_will_do(layers, shape):
    x, dout = arguments(shape)
    out, cache = layers.relu_forward(x)
    assert out.shape == shape
    assert layers.relu_backward(dout, cache).shape == shape


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex128"])
def test_a_nan_stays_a_nan(layers, dtype):
    out, _ = layers.relu_forward(np.array([np.nan, -1, 2], dtype))
    np.testing.assert_array_equal(np.isnan(out), [True, False, False])


def test_infinities_are_numbers_like_others(layers):
    out, cache = layers.relu_forward(np.array([-np.inf, np.inf]))
    np.testing.assert_array_equal(out, [0, np.inf])
    np.testing.assert_array_equal(layers.relu_backward(np.array([2.0, 3]), cache), [0, 3])


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex128"])
def test_the_dtype_is_kept(layers, dtype):
    x, dout = arguments(dtype=dtype)
    out, cache = layers.relu_forward(x)
    assert out.dtype == dtype
    assert layers.relu_backward(dout, cache).dtype == dtype


def test_the_upstream_gradient_decides_its_own_dtype(layers):
    x, dout = arguments()
    _, cache = layers.relu_forward(x)
    assert layers.relu_backward(dout.astype("float32"), cache).dtype == "float32"


def test_inputs_are_only_read_and_never_handed_back(layers):
    x, dout = arguments()
    x = abs(x) + 1  # where nothing is cut off, out equals x and must still be another array
    read_only(x, dout)
    out, cache = layers.relu_forward(x)
    dx = layers.relu_backward(dout, cache)
    assert_separate([out, dx], [x, dout])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_memory_layout_does_not_matter(layers, layout):
    x, dout = arguments()
    out, cache = layers.relu_forward(x)
    dx = layers.relu_backward(dout, cache)
    same_out, cache = layers.relu_forward(laid_out(x, layout))
    np.testing.assert_array_equal(same_out, out)
    np.testing.assert_array_equal(layers.relu_backward(laid_out(dout, layout), cache), dx)


def test_an_upstream_gradient_that_does_not_fit_is_refused(layers):
    x, dout = arguments((2, 3, 4, 5))
    _, cache = layers.relu_forward(x)
    message = "dout has shape (2, 1, 4, 5), expected (2, 3, 4, 5)"
    with pytest.raises(ValueError, match=exactly(message)):  # it would broadcast, and nobody would notice
        layers.relu_backward(dout[:, :1], cache)

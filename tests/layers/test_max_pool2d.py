"""The 2x2 max-pooling with stride 2."""

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


def arguments(N=2, C=3, half_H=4, half_W=5, dtype="float64", seed=0):
    """x with many ties, and a random dout."""
    rng = np.random.default_rng(seed)
    x = small_integers(rng, (N, C, 2 * half_H, 2 * half_W), dtype)
    return x, normal(rng, (N, C, half_H, half_W), dtype)


@examples
@given(
    sizes=different_sizes(range(2, 5), range(1, 5), range(1, 6), range(1, 7)),
    dtype=checked_dtypes,
    seed=seeds,
)
def test_forward_and_gradient_equal_the_specification(sizes, dtype, seed):
    x, dout = arguments(*sizes, dtype, seed)
    out, cache = minunet.layers.max_pool2d_forward(x)
    wanted, wanted_cache = reference.max_pool2d_forward(x)
    np.testing.assert_array_equal(out, wanted, strict=True)
    np.testing.assert_array_equal(
        minunet.layers.max_pool2d_backward(dout, cache),
        reference.max_pool2d_backward(dout, wanted_cache),
        strict=True,
    )


def test_by_hand_the_gradient_goes_to_the_winner(layers):
    x = np.array([[1.0, 2, -5, -6], [4, 3, -8, -7]])[None, None]
    out, cache = layers.max_pool2d_forward(x)
    np.testing.assert_array_equal(out[0, 0], [[4, -5]])
    dx = layers.max_pool2d_backward(np.array([[10.0, 20]])[None, None], cache)
    np.testing.assert_array_equal(dx[0, 0], [[0, 0, 20, 0], [10, 0, 0, 0]])


@pytest.mark.parametrize(
    ("window", "winner"),
    [
        ([[7, 7], [7, 7]], (0, 0)),
        ([[1, 7], [7, 7]], (0, 1)),
        ([[7, 1], [1, 7]], (0, 0)),
        ([[1, 7], [7, 1]], (0, 1)),
        ([[1, 1], [7, 7]], (1, 0)),
        ([[1, 1], [1, 7]], (1, 1)),
        ([[0, -0.0], [-1, 0]], (0, 0)),
        ([[-np.inf, -np.inf], [-np.inf, -np.inf]], (0, 0)),
        ([[-np.inf, 0], [np.inf, np.inf]], (1, 0)),
    ],
)
def test_among_equals_the_first_in_row_order_wins(layers, window, winner):
    _, cache = layers.max_pool2d_forward(np.array(window, "float64")[None, None])
    dx = layers.max_pool2d_backward(np.full((1, 1, 1, 1), 3.0), cache)
    wanted = np.zeros((2, 2))
    wanted[winner] = 3
    np.testing.assert_array_equal(dx[0, 0], wanted)


def test_of_complex_numbers_the_real_parts_compete(layers):
    x = np.array([[1 + 9j, 2 - 9j], [2 + 9j, 0 + 99j]])[None, None]
    out, cache = layers.max_pool2d_forward(x)
    np.testing.assert_array_equal(out[0, 0], [[2 - 9j]])
    dx = layers.max_pool2d_backward(np.array([[1j]])[None, None], cache)
    np.testing.assert_array_equal(dx[0, 0], [[0, 1j], [0, 0]])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("place", [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_a_nan_anywhere_in_a_window_comes_out(layers, place, dtype):
    x = np.arange(8, dtype=dtype).reshape(1, 1, 2, 4)
    x[0, 0][place] = np.nan
    out, _ = layers.max_pool2d_forward(x)
    np.testing.assert_array_equal(np.isnan(out[0, 0]), [[True, False]])


def test_integers_are_pooled_as_they_are(layers):
    x = np.array([[1, 2], [4, 3]], np.int64)[None, None]
    out, _ = layers.max_pool2d_forward(x)
    np.testing.assert_array_equal(out, np.full((1, 1, 1, 1), 4, np.int64), strict=True)


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex128"])
def test_the_dtype_is_kept(layers, dtype):
    x, dout = arguments(dtype=dtype)
    out, cache = layers.max_pool2d_forward(x)
    assert out.dtype == dtype
    assert layers.max_pool2d_backward(dout, cache).dtype == dtype


def test_the_upstream_gradient_decides_its_own_dtype(layers):
    x, dout = arguments()
    _, cache = layers.max_pool2d_forward(x)
    assert layers.max_pool2d_backward(dout.astype("float32"), cache).dtype == "float32"


def test_inputs_are_only_read_and_never_handed_back(layers):
    x, dout = read_only(*arguments())
    out, cache = layers.max_pool2d_forward(x)
    dx = layers.max_pool2d_backward(dout, cache)
    assert_separate([out, dx], [x, dout])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_memory_layout_does_not_matter(layers, layout):
    x, dout = arguments()
    out, cache = layers.max_pool2d_forward(x)
    dx = layers.max_pool2d_backward(dout, cache)
    same_out, cache = layers.max_pool2d_forward(laid_out(x, layout))
    np.testing.assert_array_equal(same_out, out)
    np.testing.assert_array_equal(layers.max_pool2d_backward(laid_out(dout, layout), cache), dx)


def test_an_empty_batch_pools_to_an_empty_batch(layers):
    x, dout = arguments(N=0)
    out, cache = layers.max_pool2d_forward(x)
    assert out.shape == dout.shape
    assert layers.max_pool2d_backward(dout, cache).shape == x.shape


@pytest.mark.parametrize("shape", [(2, 3, 7, 10), (2, 3, 8, 9), (2, 3, 1, 1)])
def test_an_odd_size_is_refused(layers, shape):
    message = f"x has shape {shape}, expected an even height and width to pool by 2"
    with pytest.raises(ValueError, match=exactly(message)):
        layers.max_pool2d_forward(np.zeros(shape))


def test_an_image_without_a_batch_is_refused(layers):
    message = "x has shape (3, 8, 10), expected (N, C, H, W)"
    with pytest.raises(ValueError, match=exactly(message)):
        layers.max_pool2d_forward(np.zeros((3, 8, 10)))


def test_an_upstream_gradient_that_does_not_fit_is_refused(layers):
    x, dout = arguments(2, 3, 4, 5)
    _, cache = layers.max_pool2d_forward(x)
    message = "dout has shape (2, 1, 4, 5), expected (2, 3, 4, 5)"
    with pytest.raises(ValueError, match=exactly(message)):
        layers.max_pool2d_backward(dout[:, :1], cache)

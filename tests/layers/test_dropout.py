"""Inverted dropout."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import (
    LAYOUTS,
    assert_equal_to_rounding,
    assert_separate,
    checked_dtypes,
    different_sizes,
    exactly,
    examples,
    laid_out,
    normal,
    read_only,
    seeds,
)

import minunet.layers
from minunet import reference


def generator():
    """A fresh generator, so that two calls draw the same mask."""
    return np.random.default_rng(7)


def arguments(shape=(2, 3, 4, 5), dtype="float64", seed=0):
    """Random x and dout."""
    rng = np.random.default_rng(seed)
    return normal(rng, shape, dtype), normal(rng, shape, dtype)


@examples
@given(
    sizes=different_sizes(range(2, 5), range(1, 5), range(1, 7), range(1, 8)),
    rate=st.sampled_from([0, 0.1, 0.5, 0.75, 0.9]),
    dtype=checked_dtypes,
    seed=seeds,
)
def test_forward_and_gradient_equal_the_specification(sizes, rate, dtype, seed):
    x, dout = arguments(sizes, dtype, seed)
    out, cache = minunet.layers.dropout_forward(x, rate, np.random.default_rng(seed))
    wanted, wanted_cache = reference.dropout_forward(x, rate, np.random.default_rng(seed))
    assert_equal_to_rounding(out, wanted)
    assert_equal_to_rounding(
        minunet.layers.dropout_backward(dout, cache), reference.dropout_backward(dout, wanted_cache)
    )


class Draws:
    """In the place of a generator: the numbers that it would draw."""

    def __init__(self, *draws):
        self.draws = np.array(draws)

    def random(self, shape):
        return self.draws.reshape(shape)


def test_by_hand_a_draw_at_the_rate_is_kept_and_scaled_up(layers):
    x = np.array([[1.0, 2], [3, 4]])
    out, cache = layers.dropout_forward(x, 0.75, Draws(0.0, 0.74, 0.75, 0.99))
    np.testing.assert_array_equal(out, [[0, 0], [12, 16]])
    np.testing.assert_array_equal(layers.dropout_backward(np.full((2, 2), 5.0), cache), [[0, 0], [20, 20]])


def test_rate_zero_changes_nothing(layers):
    x, dout = arguments()
    out, cache = layers.dropout_forward(x, 0, generator())
    np.testing.assert_array_equal(out, x)
    np.testing.assert_array_equal(layers.dropout_backward(dout, cache), dout)


def test_the_mean_is_kept(layers):
    """20,000 ones at rate 0.3: the mean's standard deviation is sqrt(0.3 / 0.7 / 20000) = 0.0046."""
    out, _ = layers.dropout_forward(np.ones((4, 5, 20, 50)), 0.3, generator())
    assert set(np.unique(out)) == {0, 1 / 0.7}
    assert abs(out.mean() - 1) < 4 * 0.0046


def test_one_draw_a_value_is_taken_from_the_generator(layers):
    x, _ = arguments((2, 3, 4, 5))
    used, fresh = generator(), generator()
    layers.dropout_forward(x, 0.5, used)
    fresh.random((2, 3, 4, 5))
    assert used.random() == fresh.random()


@pytest.mark.parametrize("rate", [0.5, np.float64(0.3)])
@pytest.mark.parametrize("dtype", ["float32", "float64", "complex128"])
def test_the_dtype_is_kept(layers, dtype, rate):
    x, dout = arguments(dtype=dtype)
    out, cache = layers.dropout_forward(x, rate, generator())
    assert out.dtype == dtype
    assert layers.dropout_backward(dout, cache).dtype == dtype


def test_the_upstream_gradient_decides_its_own_dtype(layers):
    x, dout = arguments()
    _, cache = layers.dropout_forward(x, 0.5, generator())
    assert layers.dropout_backward(dout.astype("float32"), cache).dtype == "float32"


@pytest.mark.parametrize("rate", [0, 0.5])
def test_inputs_are_only_read_and_never_handed_back(layers, rate):
    x, dout = read_only(*arguments())
    out, cache = layers.dropout_forward(x, rate, generator())
    dx = layers.dropout_backward(dout, cache)
    assert_separate([out, dx], [x, dout])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_memory_layout_does_not_matter(layers, layout):
    x, dout = arguments()
    out, cache = layers.dropout_forward(x, 0.5, generator())
    dx = layers.dropout_backward(dout, cache)
    same_out, cache = layers.dropout_forward(laid_out(x, layout), 0.5, generator())
    np.testing.assert_array_equal(same_out, out)
    np.testing.assert_array_equal(layers.dropout_backward(laid_out(dout, layout), cache), dx)


def test_an_empty_batch_stays_empty(layers):
    x, dout = arguments((0, 3, 4, 5))
    out, cache = layers.dropout_forward(x, 0.5, generator())
    assert out.shape == x.shape
    assert layers.dropout_backward(dout, cache).shape == x.shape


@pytest.mark.parametrize("rate", [-0.1, 1, 1.5, float("nan")])
def test_a_rate_that_is_no_probability_below_one_is_refused(layers, rate):
    x, _ = arguments()
    with pytest.raises(ValueError, match=exactly(f"rate is {rate}, expected 0 <= rate < 1")):
        layers.dropout_forward(x, rate, generator())


def test_integers_are_refused(layers):
    message = "x has dtype int64, expected floating point: use x.astype('float32')"
    with pytest.raises(ValueError, match=exactly(message)):
        layers.dropout_forward(np.ones((2, 3), np.int64), 0.5, generator())


def test_an_upstream_gradient_that_does_not_fit_is_refused(layers):
    x, dout = arguments((2, 3, 4, 5))
    _, cache = layers.dropout_forward(x, 0.5, generator())
    message = "dout has shape (2, 1, 4, 5), expected (2, 3, 4, 5)"
    with pytest.raises(ValueError, match=exactly(message)):  # it would broadcast, and nobody would notice
        layers.dropout_backward(dout[:, :1], cache)

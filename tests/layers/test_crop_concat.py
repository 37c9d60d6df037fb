"""The skip connection."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
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
)

import minunet.layers
from minunet import reference


def arguments(N=2, Cs=3, C=4, H=5, W=6, top=1, left=2, dtype="float64", seed=0):
    """Random skip, x and dout that fit together."""
    rng = np.random.default_rng(seed)
    return (
        normal(rng, (N, Cs, H + 2 * top, W + 2 * left), dtype),
        normal(rng, (N, C, H, W), dtype),
        normal(rng, (N, Cs + C, H, W), dtype),
    )


@examples
@given(
    sizes=different_sizes(range(2, 5), range(1, 5), range(1, 5), range(1, 7), range(1, 8)),
    top=st.integers(0, 3),
    left=st.integers(0, 3),
    dtype=checked_dtypes,
    seed=seeds,
)
def test_forward_and_gradients_equal_the_specification(sizes, top, left, dtype, seed):
    skip, x, dout = arguments(*sizes, top, left, dtype, seed)
    out, cache = minunet.layers.crop_concat_forward(skip, x)
    wanted, wanted_cache = reference.crop_concat_forward(skip, x)
    np.testing.assert_array_equal(out, wanted, strict=True)
    gradients = minunet.layers.crop_concat_backward(dout, cache)
    for found, wanted in zip(gradients, reference.crop_concat_backward(dout, wanted_cache), strict=True):
        np.testing.assert_array_equal(found, wanted, strict=True)


def test_by_hand_the_centre_of_skip_comes_first(layers):
    skip = np.arange(12.0).reshape(1, 1, 3, 4)
    x = np.array([[-1.0, -2]])[None, None]
    out, cache = layers.crop_concat_forward(skip, x)
    np.testing.assert_array_equal(out[0], [[[5, 6]], [[-1, -2]]])

    dskip, dx = layers.crop_concat_backward(np.array([[[1.0, 2]], [[3, 4]]])[None], cache)
    np.testing.assert_array_equal(dskip[0, 0], [[0, 0, 0, 0], [0, 1, 2, 0], [0, 0, 0, 0]])
    np.testing.assert_array_equal(dx[0, 0], [[3, 4]])


def test_equal_sizes_are_not_cropped(layers):
    skip, x, dout = arguments(top=0, left=0)
    out, cache = layers.crop_concat_forward(skip, x)
    np.testing.assert_array_equal(out, np.concatenate([skip, x], axis=1))
    dskip, dx = layers.crop_concat_backward(dout, cache)
    np.testing.assert_array_equal(np.concatenate([dskip, dx], axis=1), dout)


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex128"])
def test_the_dtype_is_kept(layers, dtype):
    skip, x, dout = arguments(dtype=dtype)
    out, cache = layers.crop_concat_forward(skip, x)
    assert out.dtype == dtype
    for name, gradient in zip(("dskip", "dx"), layers.crop_concat_backward(dout, cache), strict=True):
        assert gradient.dtype == dtype, name


def test_the_first_argument_decides_the_dtype(layers):
    skip, x, dout = arguments()
    out, cache = layers.crop_concat_forward(skip.astype("float32"), x)
    assert out.dtype == "float32"
    gradients = layers.crop_concat_backward(dout, cache)
    assert {gradient.dtype for gradient in gradients} == {np.dtype("float64")}


@pytest.mark.parametrize("border", [0, 2])
def test_inputs_are_only_read_and_never_handed_back(layers, border):
    skip, x, dout = read_only(*arguments(top=border, left=border))
    out, cache = layers.crop_concat_forward(skip, x)
    gradients = layers.crop_concat_backward(dout, cache)
    assert_separate([out, *gradients], [skip, x, dout])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_memory_layout_does_not_matter(layers, layout):
    skip, x, dout = arguments()
    out, cache = layers.crop_concat_forward(skip, x)
    gradients = layers.crop_concat_backward(dout, cache)
    skip, x, dout = (laid_out(values, layout) for values in (skip, x, dout))
    same_out, cache = layers.crop_concat_forward(skip, x)
    np.testing.assert_array_equal(same_out, out)
    for found, wanted in zip(layers.crop_concat_backward(dout, cache), gradients, strict=True):
        np.testing.assert_array_equal(found, wanted)


def test_an_empty_batch_stays_empty(layers):
    skip, x, dout = arguments(N=0)
    out, cache = layers.crop_concat_forward(skip, x)
    assert out.shape == dout.shape
    dskip, dx = layers.crop_concat_backward(dout, cache)
    assert dskip.shape == skip.shape
    assert dx.shape == x.shape


@pytest.mark.parametrize(
    ("skip_shape", "message"),
    [
        ((2, 3, 6, 6), "skip has height 6, expected x's 5 or an even number more, so that the crop is centred"),
        ((2, 3, 5, 9), "skip has width 9, expected x's 6 or an even number more, so that the crop is centred"),
        ((2, 3, 3, 6), "skip has height 3, expected x's 5 or an even number more, so that the crop is centred"),
        ((2, 3, 7, 4), "skip has width 4, expected x's 6 or an even number more, so that the crop is centred"),
        ((1, 3, 7, 8), "x has shape (2, 4, 5, 6), expected (1, C, H, W)"),
        ((3, 7, 8), "skip has shape (3, 7, 8), expected (N, Cs, Hs, Ws)"),
    ],
)
def test_a_skip_that_does_not_fit_is_refused(layers, skip_shape, message):
    with pytest.raises(ValueError, match=exactly(message)):
        layers.crop_concat_forward(np.zeros(skip_shape), np.zeros((2, 4, 5, 6)))


def test_an_upstream_gradient_that_does_not_fit_is_refused(layers):
    skip, x, dout = arguments()
    _, cache = layers.crop_concat_forward(skip, x)
    message = "dout has shape (2, 6, 5, 6), expected (2, 7, 5, 6)"
    with pytest.raises(ValueError, match=exactly(message)):
        layers.crop_concat_backward(dout[:, :6], cache)

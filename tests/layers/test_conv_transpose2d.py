"""The 2x2 up-convolution with stride 2."""

import numpy as np
import pytest
from hypothesis import given
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

GRADIENTS = ("dx", "dweight", "dbias")


def arguments(N=2, C=3, F=4, H=5, W=6, dtype="float64", seed=0):
    """Random x, weight, bias and dout that fit together."""
    rng = np.random.default_rng(seed)
    return (
        normal(rng, (N, C, H, W), dtype),
        normal(rng, (C, F, 2, 2), dtype),
        normal(rng, F, dtype),
        normal(rng, (N, F, 2 * H, 2 * W), dtype),
    )


@examples
@given(
    sizes=different_sizes(range(2, 5), range(1, 5), range(1, 5), range(1, 6), range(1, 7)),
    dtype=checked_dtypes,
    seed=seeds,
)
def test_forward_and_gradients_equal_the_specification(sizes, dtype, seed):
    x, weight, bias, dout = arguments(*sizes, dtype, seed)
    out, cache = minunet.layers.conv_transpose2d_forward(x, weight, bias)
    wanted, wanted_cache = reference.conv_transpose2d_forward(x, weight, bias)
    assert_equal_to_rounding(out, wanted)
    gradients = minunet.layers.conv_transpose2d_backward(dout, cache)
    for found, wanted in zip(gradients, reference.conv_transpose2d_backward(dout, wanted_cache), strict=True):
        assert_equal_to_rounding(found, wanted)


def test_by_hand_each_pixel_paints_its_own_2x2_block(layers):
    x = np.array([[1.0, 2]])[None, None]
    weight = np.array([[3.0, 4], [5, 6]])[None, None]
    out, cache = layers.conv_transpose2d_forward(x, weight, bias=np.array([100.0]))
    np.testing.assert_array_equal(out[0, 0], [[103, 104, 106, 108], [105, 106, 110, 112]])

    dout = np.array([[1.0, 0, 0, -1], [0, 2, 10, 0]])[None, None]
    dx, dweight, dbias = layers.conv_transpose2d_backward(dout, cache)
    np.testing.assert_array_equal(dx[0, 0], [[1 * 3 + 2 * 6, -1 * 4 + 10 * 5]])
    np.testing.assert_array_equal(dweight[0, 0], [[1 * 1, 2 * -1], [2 * 10, 1 * 2]])
    np.testing.assert_array_equal(dbias, [1 - 1 + 2 + 10])


def test_by_hand_the_weight_has_input_channels_first(layers):
    x = np.array([2.0, 3]).reshape(1, 2, 1, 1)
    weight = np.zeros((2, 3, 2, 2))
    weight[:, :, 0, 1] = [[1, 0, 5], [0, 10, 7]]
    out, _ = layers.conv_transpose2d_forward(x, weight, bias=np.array([0.0, 1, 2]))
    np.testing.assert_array_equal(out[0, :, 0, 1], [2, 30 + 1, 2 * 5 + 3 * 7 + 2])
    np.testing.assert_array_equal(out[0, :, 1, 0], [0, 1, 2])


def test_it_is_the_adjoint_of_a_convolution_with_stride_2(layers):
    """<up(y), x> = <y, conv(x)>, where the strided convolution is every second pixel of `conv2d_forward`."""
    y, weight, _, x = arguments(N=2, C=3, F=4, H=5, W=6)
    up, _ = layers.conv_transpose2d_forward(y, weight, bias=np.zeros(4))
    convolved, _ = layers.conv2d_forward(x, weight, bias=np.zeros(3))
    assert_equal_to_rounding(up.ravel() @ x.ravel(), y.ravel() @ convolved[:, :, ::2, ::2].ravel())


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex128"])
def test_the_dtype_is_kept(layers, dtype):
    x, weight, bias, dout = arguments(dtype=dtype)
    out, cache = layers.conv_transpose2d_forward(x, weight, bias)
    assert out.dtype == dtype
    for name, gradient in zip(GRADIENTS, layers.conv_transpose2d_backward(dout, cache), strict=True):
        assert gradient.dtype == dtype, name


def test_the_first_argument_decides_the_dtype(layers):
    x, weight, bias, dout = arguments()
    out, cache = layers.conv_transpose2d_forward(x.astype("float32"), weight, bias)
    assert out.dtype == "float32"
    gradients = layers.conv_transpose2d_backward(dout, cache)
    assert {gradient.dtype for gradient in gradients} == {np.dtype("float64")}
    _, cache = layers.conv_transpose2d_forward(x, weight, bias)
    gradients = layers.conv_transpose2d_backward(dout.astype("float32"), cache)
    assert {gradient.dtype for gradient in gradients} == {np.dtype("float32")}


def test_inputs_are_only_read_and_never_handed_back(layers):
    x, weight, bias, dout = read_only(*arguments())
    out, cache = layers.conv_transpose2d_forward(x, weight, bias)
    gradients = layers.conv_transpose2d_backward(dout, cache)
    assert_separate([out, *gradients], [x, weight, bias, dout])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_memory_layout_does_not_matter(layers, layout):
    x, weight, bias, dout = arguments()
    out, cache = layers.conv_transpose2d_forward(x, weight, bias)
    gradients = layers.conv_transpose2d_backward(dout, cache)
    x, weight, bias, dout = (laid_out(values, layout) for values in (x, weight, bias, dout))
    same_out, cache = layers.conv_transpose2d_forward(x, weight, bias)
    assert_equal_to_rounding(same_out, out)
    for found, wanted in zip(layers.conv_transpose2d_backward(dout, cache), gradients, strict=True):
        assert_equal_to_rounding(found, wanted)


def test_an_empty_batch_has_no_output_and_zero_gradients_of_the_weights(layers):
    x, weight, bias, dout = arguments(N=0, C=3, F=4, H=5, W=6)
    out, cache = layers.conv_transpose2d_forward(x, weight, bias)
    assert out.shape == (0, 4, 10, 12)
    dx, dweight, dbias = layers.conv_transpose2d_backward(dout, cache)
    assert dx.shape == x.shape
    np.testing.assert_array_equal(dweight, np.zeros(weight.shape))
    np.testing.assert_array_equal(dbias, np.zeros(4))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": np.zeros((3, 5, 6))}, "x has shape (3, 5, 6), expected (N, C, H, W)"),
        ({"weight": np.zeros((4, 3, 2, 2))}, "weight has shape (4, 3, 2, 2), expected (3, F, 2, 2)"),
        ({"weight": np.zeros((3, 4, 3, 2))}, "weight has shape (3, 4, 3, 2), expected (3, F, 2, 2)"),
        ({"bias": np.zeros(3)}, "bias has shape (3,), expected (4,)"),
        (
            {"x": np.zeros((2, 3, 5, 6), np.int64)},
            "x has dtype int64, expected floating point: use x.astype('float32')",
        ),
    ],
)
def test_what_does_not_fit_is_refused(layers, change, message):
    x, weight, bias, _ = arguments()
    with pytest.raises(ValueError, match=exactly(message)):
        layers.conv_transpose2d_forward(**{"x": x, "weight": weight, "bias": bias} | change)


def test_an_upstream_gradient_that_does_not_fit_is_refused(layers):
    x, weight, bias, dout = arguments()
    _, cache = layers.conv_transpose2d_forward(x, weight, bias)
    message = "dout has shape (2, 4, 10, 6), expected (2, 4, 10, 12)"
    with pytest.raises(ValueError, match=exactly(message)):
        layers.conv_transpose2d_backward(dout[:, :, :, ::2], cache)

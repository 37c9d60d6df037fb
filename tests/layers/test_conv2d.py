"""The valid convolution."""

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

KERNELS = [(3, 3), (1, 1), (2, 3), (1, 4)]
GRADIENTS = ("dx", "dweight", "dbias")


def arguments(kernel=(2, 3), N=2, C=3, F=4, H=5, W=6, dtype="float64", seed=0):
    """Random x, weight, bias and dout that fit together."""
    rng = np.random.default_rng(seed)
    kh, kw = kernel
    return (
        normal(rng, (N, C, H, W), dtype),
        normal(rng, (F, C, kh, kw), dtype),
        normal(rng, F, dtype),
        normal(rng, (N, F, H - kh + 1, W - kw + 1), dtype),
    )


@pytest.mark.parametrize("kernel", KERNELS)
@examples
@given(
    sizes=different_sizes(range(2, 5), range(1, 5), range(1, 5), range(3, 8), range(4, 9)),
    dtype=checked_dtypes,
    seed=seeds,
)
def test_forward_and_gradients_equal_the_specification(kernel, sizes, dtype, seed):
    x, weight, bias, dout = arguments(kernel, *sizes, dtype, seed)
    out, cache = minunet.layers.conv2d_forward(x, weight, bias)
    wanted, wanted_cache = reference.conv2d_forward(x, weight, bias)
    assert_equal_to_rounding(out, wanted)
    gradients = minunet.layers.conv2d_backward(dout, cache)
    for found, wanted in zip(gradients, reference.conv2d_backward(dout, wanted_cache), strict=True):
        assert_equal_to_rounding(found, wanted)


def test_a_kernel_as_large_as_the_image_leaves_one_pixel(layers):
    x, weight, bias, dout = arguments(kernel=(3, 4), N=2, C=1, F=5, H=3, W=4)
    out, cache = layers.conv2d_forward(x, weight, bias)
    assert out.shape == (2, 5, 1, 1)
    assert_equal_to_rounding(out[1, 4, 0, 0], (x[1] * weight[4]).sum() + bias[4])
    dx, _, _ = layers.conv2d_backward(dout, cache)
    assert_equal_to_rounding(dx[1], sum(dout[1, f, 0, 0] * weight[f] for f in range(5)))


def test_by_hand_the_kernel_is_not_flipped(layers):
    x = np.array([[1.0, 2, 3], [4, 5, 6]])[None, None]
    weight = np.array([[10.0, 1]])[None, None]
    out, cache = layers.conv2d_forward(x, weight, bias=np.array([100.0]))
    np.testing.assert_array_equal(out[0, 0], [[100 + 10 + 2, 100 + 20 + 3], [100 + 40 + 5, 100 + 50 + 6]])

    dx, dweight, dbias = layers.conv2d_backward(np.array([[1.0, 0], [0, 2]])[None, None], cache)
    np.testing.assert_array_equal(dx[0, 0], [[10, 1, 0], [0, 20, 2]])
    np.testing.assert_array_equal(dweight[0, 0], [[1 * 1 + 2 * 5, 1 * 2 + 2 * 6]])
    np.testing.assert_array_equal(dbias, [1 + 2])


def test_by_hand_a_1x1_kernel_is_a_matrix_between_channels(layers):
    x = np.array([2.0, 3]).reshape(1, 2, 1, 1)
    weight = np.array([[1.0, 0], [0, 10], [5, 7]]).reshape(3, 2, 1, 1)
    out, cache = layers.conv2d_forward(x, weight, bias=np.array([0.0, 1, 2]))
    np.testing.assert_array_equal(out[0, :, 0, 0], [2, 30 + 1, 5 * 2 + 7 * 3 + 2])

    dx, dweight, dbias = layers.conv2d_backward(np.array([1.0, -1, 2]).reshape(1, 3, 1, 1), cache)
    np.testing.assert_array_equal(dx[0, :, 0, 0], [1 * 1 + 2 * 5, -1 * 10 + 2 * 7])
    np.testing.assert_array_equal(dweight[:, :, 0, 0], [[2, 3], [-2, -3], [4, 6]])
    np.testing.assert_array_equal(dbias, [1, -1, 2])


def test_gradients_of_the_weights_are_summed_over_the_batch(layers):
    x, weight, bias, dout = arguments(N=2)
    _, *together = layers.conv2d_backward(dout, layers.conv2d_forward(x, weight, bias)[1])
    _, *first = layers.conv2d_backward(dout[:1], layers.conv2d_forward(x[:1], weight, bias)[1])
    _, *second = layers.conv2d_backward(dout[1:], layers.conv2d_forward(x[1:], weight, bias)[1])
    for whole, one, other in zip(together, first, second, strict=True):
        assert_equal_to_rounding(whole, one + other)


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex128"])
def test_the_dtype_is_kept(layers, dtype):
    x, weight, bias, dout = arguments(dtype=dtype)
    out, cache = layers.conv2d_forward(x, weight, bias)
    assert out.dtype == dtype
    for name, gradient in zip(GRADIENTS, layers.conv2d_backward(dout, cache), strict=True):
        assert gradient.dtype == dtype, name


def test_the_first_argument_decides_the_dtype(layers):
    x, weight, bias, dout = arguments()
    out, cache = layers.conv2d_forward(x.astype("float32"), weight, bias)
    assert out.dtype == "float32"
    assert {gradient.dtype for gradient in layers.conv2d_backward(dout, cache)} == {np.dtype("float64")}
    _, cache = layers.conv2d_forward(x, weight, bias)
    gradients = layers.conv2d_backward(dout.astype("float32"), cache)
    assert {gradient.dtype for gradient in gradients} == {np.dtype("float32")}


@pytest.mark.parametrize("kernel", KERNELS)
def test_inputs_are_only_read_and_never_handed_back(layers, kernel):
    x, weight, bias, dout = read_only(*arguments(kernel))
    out, cache = layers.conv2d_forward(x, weight, bias)
    gradients = layers.conv2d_backward(dout, cache)
    assert_separate([out, *gradients], [x, weight, bias, dout])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_memory_layout_does_not_matter(layers, layout):
    x, weight, bias, dout = arguments()
    out, cache = layers.conv2d_forward(x, weight, bias)
    gradients = layers.conv2d_backward(dout, cache)
    x, weight, bias, dout = (laid_out(values, layout) for values in (x, weight, bias, dout))
    same_out, cache = layers.conv2d_forward(x, weight, bias)
    assert_equal_to_rounding(same_out, out)
    for found, wanted in zip(layers.conv2d_backward(dout, cache), gradients, strict=True):
        assert_equal_to_rounding(found, wanted)


def test_an_empty_batch_has_no_output_and_zero_gradients_of_the_weights(layers):
    x, weight, bias, dout = arguments(kernel=(2, 3), N=0, C=3, F=4, H=5, W=6)
    out, cache = layers.conv2d_forward(x, weight, bias)
    assert out.shape == (0, 4, 4, 4)
    dx, dweight, dbias = layers.conv2d_backward(dout, cache)
    assert dx.shape == x.shape
    np.testing.assert_array_equal(dweight, np.zeros(weight.shape))
    np.testing.assert_array_equal(dbias, np.zeros(4))


@examples
@given(row=st.integers(0, 4), column=st.integers(0, 5))
def test_a_nan_stays_where_the_kernel_saw_it(layers, row, column):
    x, weight, bias, _ = arguments(kernel=(2, 3), H=5, W=6)
    x[0, 0, row, column] = np.nan
    out, _ = layers.conv2d_forward(x, weight, bias)
    sees = np.zeros((4, 4), bool)
    sees[max(row - 1, 0) : row + 1, max(column - 2, 0) : column + 1] = True
    np.testing.assert_array_equal(np.isnan(out[0]), np.broadcast_to(sees, (4, 4, 4)))
    assert not np.isnan(out[1]).any()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": np.zeros((3, 5, 6))}, "x has shape (3, 5, 6), expected (N, C, H, W)"),
        ({"weight": np.zeros((4, 2, 2, 3))}, "weight has shape (4, 2, 2, 3), expected (F, 3, kh, kw)"),
        ({"weight": np.zeros((4, 3))}, "weight has shape (4, 3), expected (F, 3, kh, kw)"),
        ({"bias": np.zeros(3)}, "bias has shape (3,), expected (4,)"),
        ({"bias": np.zeros((4, 1))}, "bias has shape (4, 1), expected (4,)"),
        (
            {"x": np.zeros((2, 3, 1, 6))},
            "x has shape (2, 3, 1, 6), expected at least the kernel's 2x3 in height and width",
        ),
        (
            {"x": np.zeros((2, 3, 5, 2))},
            "x has shape (2, 3, 5, 2), expected at least the kernel's 2x3 in height and width",
        ),
        (
            {"x": np.zeros((2, 3, 5, 6), np.int64)},
            "x has dtype int64, expected floating point: use x.astype('float32')",
        ),
    ],
)
def test_what_does_not_fit_is_refused(layers, change, message):
    x, weight, bias, _ = arguments()
    with pytest.raises(ValueError, match=exactly(message)):
        layers.conv2d_forward(**{"x": x, "weight": weight, "bias": bias} | change)


def test_an_upstream_gradient_that_does_not_fit_is_refused(layers):
    x, weight, bias, dout = arguments()
    _, cache = layers.conv2d_forward(x, weight, bias)
    message = "dout has shape (2, 4, 4, 1), expected (2, 4, 4, 4)"
    with pytest.raises(ValueError, match=exactly(message)):
        layers.conv2d_backward(dout[:, :, :, :1], cache)

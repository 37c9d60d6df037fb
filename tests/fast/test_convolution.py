"""Winograd's filtering and im2col give the readable convolution's numbers, whatever the sizes.

In float64 to rounding, so that no wrong term can hide; in float32 as exactly as the fast set promises.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minunet import fast, layers
from minunet.fast import im2col, winograd
from minunet.fast.workspace import Workspace

WAYS = pytest.mark.parametrize("way", [winograd, im2col], ids=["winograd", "im2col"])


def arguments(sizes, kernel=(3, 3), dtype="float64", seed=0):
    """x, weight, bias, and a random upstream gradient."""
    N, C, F, H, W = sizes
    rng = np.random.default_rng(seed)
    shapes = (N, C, H, W), (F, C, *kernel), (F,), (N, F, H - kernel[0] + 1, W - kernel[1] + 1)
    return [rng.standard_normal(shape).astype(dtype) for shape in shapes]


def error(found, wanted):
    """Relative, in the L2 norm."""
    return np.linalg.norm(found - wanted) / max(np.linalg.norm(wanted), 1e-8)


def errors(way, x, weight, bias, dout):
    """Of the output, of the output with ReLU, and of the two gradients."""
    work = Workspace()
    wanted, cache = layers.conv2d_forward(x.astype("float64"), weight, bias)
    dx, dweight, _ = layers.conv2d_backward(dout.astype("float64"), cache)
    found_dx, found_dweight = way.backward(dout, x, weight, work)
    return {
        "out": error(way.forward(x, weight, bias, False, work), wanted),
        "relu": error(way.forward(x, weight, bias, True, work), np.maximum(wanted, 0)),
        "dx": error(found_dx, dx),
        "dweight": error(found_dweight, dweight),
    }


@WAYS
@given(
    sizes=st.tuples(st.integers(1, 3), st.integers(1, 5), st.integers(1, 5), st.integers(3, 19), st.integers(3, 21)),
    seed=st.integers(0, 99),
)
def test_any_size_gives_the_readable_numbers(way, sizes, seed):
    assert max(errors(way, *arguments(sizes, seed=seed)).values()) < 1e-12


@pytest.mark.parametrize("kernel", [(1, 1), (2, 5), (3, 2), (5, 4)])
def test_im2col_takes_kernels_of_any_size(kernel):
    assert max(errors(im2col, *arguments((2, 3, 4, 11, 9), kernel)).values()) < 1e-12


VIEWS = {
    "a crop": lambda x: x[..., 2:-3],
    "rows turned": lambda x: x[:, :, ::-1],
    "columns turned": lambda x: x[..., ::-1],
    "transposed": lambda x: x.swapaxes(2, 3),
    "every second channel": lambda x: x[:, ::2],
}


@WAYS
@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_images_that_are_views_give_the_readable_numbers(way, view):
    x, weight, bias, _ = arguments((2, 4, 5, 17, 22))
    x = view(x)
    weight = weight[:, : x.shape[1]]
    dout = np.random.default_rng(1).standard_normal((2, 5, x.shape[2] - 2, x.shape[3] - 2))
    assert max(errors(way, x, weight, bias, dout).values()) < 1e-12
    assert max(errors(way, x, weight, bias, dout[..., ::-1]).values()) < 1e-12


@pytest.mark.parametrize("limit", [700, 3000, 20_000])
def test_cut_into_strips_and_blocks_it_computes_the_same(monkeypatch, limit):
    monkeypatch.setattr(winograd, "LIMIT", limit)
    monkeypatch.setattr(winograd, "BLOCK", 40)
    assert max(errors(winograd, *arguments((2, 7, 6, 22, 35))).values()) < 1e-12


@pytest.mark.parametrize("limit", [100, 3000])
def test_im2col_cut_into_strips_computes_the_same(monkeypatch, limit):
    monkeypatch.setattr(im2col, "STRIP", limit)
    assert max(errors(im2col, *arguments((2, 3, 4, 22, 15))).values()) < 1e-12


@WAYS
def test_shared_by_threads_it_computes_the_same(monkeypatch, way, four_threads):
    assert max(errors(way, *arguments((2, 7, 6, 22, 35))).values()) < 1e-12


@WAYS
def test_float32_is_as_exact_as_promised(way):
    """3e-5 relative, on inputs such as a ReLU makes."""
    x, weight, bias, dout = arguments((1, 48, 40, 50, 62), dtype="float32")
    assert max(errors(way, np.maximum(x, 0), weight, bias, dout).values()) < 3e-5


@WAYS
def test_the_same_input_gives_the_same_bits(way, four_threads):
    x, weight, bias, dout = arguments((1, 7, 6, 22, 35), dtype="float32")

    def run():
        work = Workspace()
        return [way.forward(x, weight, bias, True, work), *way.backward(dout, x, weight, work)]

    for once, again in zip(run(), run(), strict=True):
        assert once.tobytes() == again.tobytes()


@pytest.mark.parametrize(
    ("sizes", "kernel", "dtype", "way"),
    [
        ((1, 24, 24, 19, 22), (3, 3), "float32", "winograd"),
        ((1, 24, 24, 18, 22), (3, 3), "float32", "im2col"),
        ((1, 23, 24, 19, 22), (3, 3), "float32", "im2col"),
        ((1, 24, 23, 19, 22), (3, 3), "float32", "im2col"),
        ((1, 24, 24, 19, 22), (1, 1), "float32", "readable"),
        ((1, 24, 24, 19, 22), (3, 3), "float64", "readable"),
    ],
)
def test_the_stated_rule_decides_the_way(monkeypatch, sizes, kernel, dtype, way):
    taken = []
    for name, module in (("winograd", winograd), ("im2col", im2col)):
        monkeypatch.setattr(module, "forward", recorded(module.forward, f"{name} forward", taken))
        monkeypatch.setattr(module, "backward", recorded(module.backward, f"{name} backward", taken))
    x, weight, bias, dout = arguments(sizes, kernel, dtype)
    _, cache = fast.conv2d_forward(x, weight, bias)
    fast.conv2d_backward(dout, cache)
    assert taken == ([] if way == "readable" else [f"{way} forward", f"{way} backward"])


def recorded(function, name, calls):
    def record(*args):
        calls.append(name)
        return function(*args)

    return record


@pytest.mark.parametrize("channels", [5, 24])
@pytest.mark.parametrize("dtype", ["float32", "float64", "complex128"])
def test_a_fused_relu_is_the_two_steps_bit_by_bit(channels, dtype):
    x, weight, bias, dout = arguments((2, channels, channels + 1, 23, 29), dtype=dtype)
    if dtype == "complex128":
        x, dout = x * (1 + 2j), dout * (1 - 1j)
    out, cache = fast.conv2d_forward(x, weight, bias)
    wanted, mask = layers.relu_forward(out)
    fused, fused_cache = fast.conv2d_relu_forward(x, weight, bias)
    assert fused.tobytes() == wanted.tobytes()
    gradients = fast.conv2d_backward(layers.relu_backward(dout, mask), cache)
    for found, want in zip(fast.conv2d_relu_backward(dout.copy(), fused_cache), gradients, strict=True):
        np.testing.assert_array_equal(found, want)


def test_a_fused_relu_takes_a_gradient_that_is_not_contiguous():
    x, weight, bias, dout = arguments((2, 5, 6, 23, 29), dtype="float32")
    _, cache = fast.conv2d_relu_forward(x, weight, bias)
    backwards = np.ascontiguousarray(dout[..., ::-1])[..., ::-1]
    wanted = fast.conv2d_relu_backward(dout.copy(), cache)
    for found, want in zip(fast.conv2d_relu_backward(backwards, cache), wanted, strict=True):
        np.testing.assert_array_equal(found, want)

"""The pretend GPU counts what it should, and has a GPU's manners."""

import numpy as np
import pytest

from minunet.course import pretend_gpu as gpu


@pytest.fixture(autouse=True)
def counter():
    gpu.counter.reset()
    return gpu.counter


def test_it_computes_what_numpy_computes():
    x = np.random.default_rng(0).standard_normal((3, 4, 5))
    there = gpu.asarray(x)
    np.testing.assert_array_equal(
        (there * 2 - there.mean(axis=1, keepdims=True)).get(), x * 2 - x.mean(axis=1, keepdims=True)
    )
    np.testing.assert_array_equal(np.stack([there, there]).get(), np.stack([x, x]))
    np.testing.assert_array_equal(np.maximum(there, 0)[1:].reshape(2, 20).get(), np.maximum(x, 0)[1:].reshape(2, 20))


def test_kernels_waits_and_bytes_are_counted(counter):
    x = gpu.asarray(np.ones((2, 3)))
    assert counter.copied == 48
    total = (x + x).sum()
    assert (counter.kernels, counter.waits) == (2, 0)
    assert float(total) == 12
    assert (counter.waits, counter.copied) == (1, 56)
    assert bool(x.max() > 0)
    assert (counter.kernels, counter.waits) == (4, 2)
    x[0] = 5
    assert counter.kernels == 5


@pytest.mark.parametrize(
    "mix", [lambda x: x + np.ones(3), lambda x: np.ones(3) * x, np.asarray, lambda x: np.stack([x, np.ones(3)])]
)
def test_it_does_not_mix_with_numpy_nor_become_it(mix):
    with pytest.raises(TypeError, match=r"asarray|\.get\(\)"):
        mix(gpu.asarray(np.zeros(3)))


def test_a_mask_that_is_read_waits_for_its_count_and_one_that_is_written_does_not(counter):
    x = gpu.asarray(np.array([-1.0, 0, 2]))
    counter.reset()
    x[x < 0] = 5
    assert (counter.kernels, counter.waits) == (2, 0)
    assert x[x > 0].shape == (2,)
    assert counter.waits == 1


@pytest.mark.parametrize("name", ["sum", "mean", "std", "var", "max", "min"])
def test_methods_are_numpys(name, counter):
    x = np.random.default_rng(1).standard_normal((3, 4, 5))
    there = getattr(gpu.asarray(x), name)(axis=(0, 2), keepdims=True)
    assert (counter.kernels, counter.waits) == (1, 0)
    np.testing.assert_array_equal(there.get(), getattr(x, name)(axis=(0, 2), keepdims=True))


def test_types_and_axes_are_numpys():
    x = np.random.default_rng(2).standard_normal((3, 4))
    np.testing.assert_array_equal(gpu.asarray(x).T.astype("float32").get(), x.T.astype("float32"))
